/**
 * Parts of the component library that the console has no use for, by the classes of their rules: a third of its styles,
 * which a browser reads when the first form or dialog is loaded. A table's pages, selection and forms' columns are parts of others.
 */
export const UNUSED =
  /-rtl\b|^ant-(anchor|app|avatar|breadcrumb|carousel|cascader|collapse|color-picker|descriptions|float-b(tn|utton)|image|layout|list|masonry|mentions|menu|popconfirm|qrcode|radio|rate|result|ribbon|slider|splitter|statistic|tabs|tour|transfer|tree)(-|$)/;
