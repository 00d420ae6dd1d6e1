/**
 * Parts of the component library that the console has no use for, by the classes of their rules: a third of its styles,
 * which a browser reads before it shows anything. A table's pages, selection and forms' columns are parts of others.
 */
export const UNUSED =
  /-rtl\b|^ant-(anchor|avatar|breadcrumb|carousel|cascader|collapse|color-picker|float-b(tn|utton)|image|layout|list|masonry|mentions|menu|popconfirm|qrcode|radio|rate|result|ribbon|slider|splitter|tour|transfer|tree)(-|$)/;
