/**
 * What the test of distribution (test/shards.test.ts) lets pass, each with its reason. Keys are `function` or `file`, with
 * `: table` or `: what it calls` where that is told too.
 */
type Exceptions = Readonly<Record<string, string>>;

/** Files whose statements may ask every node: administration, lists, reports, explanations, demo data, sweeps. */
export const ADMINISTRATION =
  /\/(?:admin|explain|reads|imports|batches|operators)\/|\/demo|^platform\/|^jobs\/|^ledger\/|release\.ts$|sealed\.ts$/;

const LOADER = 'looks many keys up for the calls of one moment, each by its key; on shards it is asked by node';
const OWN_ROW = 'writes back whole rows that it has read by the column';

/** Tables that have no place. */
export const PLACES: Exceptions = {
  sendplan_person:
    'names of a person of a partner, whatever the plan: to be looked up before the receive, by the partner',
};

/** Statements that do not say which rows of a hot table they mean. */
export const COLUMN: Exceptions = {
  'benefit_find_sellers: benefit_activity':
    "finds the seller, the column, by an id that is the platform's own; remembered",
  'lottery_adjust: lottery_prize': 'administration, which does not name the platform',
  'lottery_adjust: lottery_segment': 'administration, which does not name the platform',
  'lottery_save_prize: lottery_reward': 'the row that is written has been given the platform',
  'ticketing_order_close: ticketing_order': OWN_ROW,
  'ticketing_order_reopen: ticketing_order': OWN_ROW,
  'voucher_advance_counters: voucher_batch': 'administration of all batches after a restore',
  'benefits/queries.ts: benefit_template': 'its condition is a part of its own that begins with the seller',
  'sendplans/charge/queries.ts: sendplan_biz': LOADER,
  'sendplans/queries.ts: sendplan_item': 'demo data',
};

/** Locks of numbers: those of two nodes are not the same. */
export const ADVISORY: Exceptions = {
  lottery_lock:
    'an activity that is being made has no row yet; draws of it meet on the node of their platform, and administration must be led there',
  voucher_guess_pass: 'taken here alone, and for one app, whose node is one; right codes shall write nothing',
  'vouchers/batches/queries.ts': 'administration: a batch that is being made has no row yet',
  platform_call_log_drop_before: 'the call log is local',
  platform_call_log_partition: 'the call log is local',
  platform_operator_keep_owner: 'operators are local',
};

const INLINED_PART = 'becomes a part of the statement that names it, which a PL/pgSQL function would not';

/** Functions in SQL that read hot tables. */
export const INLINED: Exceptions = Object.fromEntries(
  [
    ...['benefit_send_match', 'benefit_send_parts', 'benefit_send_targets', 'lottery_open_prizes', 'voucher_changes'],
    ...'goods_need goods_read order_by_id order_takes order_tickets order_vo payments_match ticket_entries'
      .split(' ')
      .map((name) => `ticketing_${name}`),
  ].map((name) => [name, INLINED_PART]),
);

const BY_KEY =
  'a list is looked up by its keys, whatever the planner knows of the table: src/**/plans.test.ts holds it';

/** Settings in the heads of functions. Without them a plan made for a small table reads all of one that has grown. */
export const SETTINGS: Exceptions = {
  enable_seqscan: BY_KEY,
  enable_bitmapscan: BY_KEY,
  enable_nestloop: 'lists of a batch are joined by hash: the planner takes them for much shorter than they are',
  enable_hashjoin: 'each row is looked up by its key for the row before',
  enable_mergejoin: 'each row is looked up by its key for the row before',
  enable_sort: 'the index gives the order',
  plan_cache_mode: 'a call that comes alone would be planned anew each time, to the same end',
  lock_timeout: 'a claim gives way to draws',
};

const SAME_NODE = 'asks rows of the same value of the column, on the node where the whole call runs';
const TWO_GROUPS =
  'two groups: the codes of a win lie with their batch; on shards the draw is one step, its codes the next';

/** Statements that read a hot table and call what reads one. */
export const NESTED: Exceptions = {
  'lottery_codes: voucher_givable': TWO_GROUPS,
  'lottery_invalid: voucher_hold': TWO_GROUPS,
  'lottery_invalid_one: voucher_void': TWO_GROUPS,
  'lottery_issue_codes: voucher_ends': TWO_GROUPS,
  'lottery_issue_codes: voucher_issue_many': TWO_GROUPS,
  'voucher_advance_counters: voucher_advance_batch': 'administration of all batches after a restore',
  'ticketing_tickets: ticketing_order_by_id': LOADER,
  ...Object.fromEntries(
    [
      'benefit_send: benefit_send_decide',
      'benefit_send_parts: benefit_send_match',
      'benefit_send_parts: benefit_send_targets',
      'ticketing_goods_need: ticketing_user_tickets',
      'ticketing_order_close: ticketing_order_by_id',
      'ticketing_order_free: ticketing_order_takes',
      'ticketing_order_issue: ticketing_order_takes',
      'ticketing_order_paid: ticketing_order_by_id',
      'ticketing_order_reopen: ticketing_order_by_id',
      'ticketing_order_retake: ticketing_order_by_id',
      'ticketing_order_retake: ticketing_order_takes',
      'ticketing_order_retake: ticketing_user_tickets',
      'ticketing_order_vo: ticketing_order_by_id',
      'ticketing_payments_match: ticketing_order_by_id',
      'ticketing_refund_free: ticketing_order_tickets',
      'ticketing_user_tickets: ticketing_order_tickets',
      'voucher_operate_logged: voucher_operate',
      'voucher_send: voucher_issue_many',
    ].map((name) => [name, SAME_NODE]),
  ),
};

/** Functions that call a sequence. */
export const SEQUENCE: Exceptions = {
  sendplan_receive_write:
    'a receipt is told with its number in the statement that writes it; every node needs the sequence',
};

/** Functions that return a table's row. */
export const WHOLE_ROWS: Exceptions = {
  ticketing_order_by_id: OWN_ROW,
  ticketing_order_tickets: 'a refund keeps the rows it read',
};

/** Functions that read hot tables and are not called by a bare `select * from f($1, …)` with the column for an argument. */
export const STEPS: Exceptions = {
  'lottery/queries.ts: lottery_homes': 'once an app and process, for several apps: the home is remembered',
  'lottery/queries.ts: lottery_save_prize': 'demo data',
  'sendplans/charge/queries.ts: sendplan_find_vips': LOADER,
  'sendplans/queries.ts: sendplan_find_received': LOADER,
  'ticketing/orders/queries.ts: ticketing_projects_due': 'the sweep of all projects',
  'vouchers/orders/queries.ts: voucher_find_grants': LOADER,
};
