/** What tables are distributed by, were the database spread over several nodes: the columns, and the tables of each group. */
const GROUPS: Readonly<Record<string, string>> = {
  'lottery platform': 'segment prize reward adjustment grant grant_code lacking',
  'lottery app_key': 'home',
  'voucher app_key': 'order_number guess',
  'voucher mix_id': `batch grant code consumption reversal ledger user order operation import import_part import_line`,
  'ticketing project_id': `project_count price price_child channel_price stock_adjustment order order_line person document
    payment payment_refund refund ticket check check_undo`,
  'sendplan plan_id': 'item adjustment receipt',
  'sendplan biz_code': 'biz vip charge',
  'benefit user_id': 'seller seller_type template activity detail adjustment send send_detail',
};

/** The distribution column of each hot table: what is counted down, its receipts, codes, orders and sends. */
export const DISTRIBUTED: ReadonlyMap<string, string> = new Map([
  ['sendplan', 'id'],
  ...Object.entries(GROUPS).flatMap(([group, names]) => {
    const [prefix, column] = group.split(' ') as [string, string];
    return names.split(/\s+/).map((name) => [`${prefix}_${name}`, column] as const);
  }),
]);

/** Small and written rarely, so a copy stands on every node. */
export const REFERENCE: readonly string[] = [
  ...['lottery_activity', 'lottery_member', 'benefit_type', 'sendplan_isv', 'sendplan_circle'],
  ...'tenant ptnr channel site project event event_discount channel_event'
    .split(' ')
    .map((name) => `ticketing_${name}`),
];

/** On the node that everybody calls: what is nobody's stock. */
export const LOCAL = /^(?:platform_\w+|schema_\w+|change_log|job|counter_skip)$/;

/** Where a table stands; its group is the domain with the column. Undefined for one that is not placed. */
export function placeOf(table: string): string | undefined {
  const column = DISTRIBUTED.get(table);
  if (column !== undefined) return `${/^[a-z]+/.exec(table)?.[0]} ${table === 'sendplan' ? 'plan_id' : column}`;
  if (REFERENCE.includes(table)) return 'reference';
  return LOCAL.test(table) ? 'local' : undefined;
}
