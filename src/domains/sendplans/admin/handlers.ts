import { MOST } from '../../../contract/common.ts';
import { invalidArgument } from '../../../contract/errors.ts';
import { type CallContext, fault, type Handlers, type RequestOf } from '../../../contract/method.ts';
import { refuseOver } from '../../../contract/period.ts';
import { type adminSendplanContracts, planSave } from '../../../contract/sendplans/admin.ts';
import { logged, type Writer } from '../../../database/change-log.ts';
import type { Sql, Transaction } from '../../../database/pool.ts';
import { keptText, maskPhone, plainPhone, shownId } from '../../../secrets/personal.ts';
import type { Vault } from '../../../secrets/vault.ts';
import { pageOf, readIdCursor, writeIdCursor } from '../../paging.ts';
import { chargeAdminHandlers } from '../charge/admin.ts';
import { userHashes } from '../handlers.ts';
import type { Receiver } from '../rules.ts';
import { RECEIVER_SEALED } from '../sealed.ts';
import {
  type Adjustment,
  addToTotal,
  endOfPlan,
  findAdjustment,
  findPlans,
  findReceipts,
  hasCircle,
  holdPlan,
  type Item,
  itemsOf,
  type Plan,
  partnerOf,
  type Receipt,
  saveCircle,
  saveItem,
  savePlan,
  setStatus,
  writeAdjustment,
} from './queries.ts';

type Parts = { readonly sql: Sql; readonly vault: Vault };
type Saved = RequestOf<typeof planSave>['plan'];

const refused = (sub_code: keyof typeof planSave.errors) => fault(planSave, sub_code);

/** The administration of circles, plans, their stock, and the charging of memberships. */
export const adminSendplansHandlers = ({ sql, vault }: Parts): Handlers<typeof adminSendplanContracts> => ({
  'piaoquan.sendplan.circle.save': async ({ circle }, context) => {
    const { isv_id, circle_id } = circle;
    const row = ['sendplan_circle', { isv_id, circle_id }] as const;
    // The partner is held before the circle, which is told first.
    await sql.begin((tx) =>
      logged(tx, context, [['sendplan_isv', { isv_id }]], () =>
        logged(tx, context, [row], () => saveCircle(tx, circle)),
      ),
    );
    return { is_success: true };
  },
  'piaoquan.sendplan.plan.save': async ({ plan }, context) => {
    if (plan.end_time < plan.start_time) throw invalidArgument('plan.end_time', '不能早于 start_time');
    const ids = plan.items.map(({ id }) => id);
    const double = ids.findIndex((id, index) => ids.indexOf(id) !== index);
    if (double >= 0) throw invalidArgument(`plan.items[${double}].id`, '重复');
    await sql.begin((tx) => store(tx, plan, context));
    return { plan: await onePlan(sql, plan.id) };
  },
  'piaoquan.sendplan.plan.get': async ({ id }) => ({ plan: await onePlan(sql, id) }),
  'piaoquan.sendplan.plan.list': async ({ cursor, page_size, ...filter }) => {
    const after = readIdCursor(cursor);
    const find = (limit: number) => findPlans(sql, { ...filter, after, limit });
    const page = await pageOf(page_size, find, ({ id }) => writeIdCursor(id));
    return { plans: page.rows, next_cursor: page.next_cursor };
  },
  'piaoquan.sendplan.plan.status.update': async ({ id, status }, context) => {
    const row = ['sendplan', { id }] as const;
    const set = await sql.begin((tx) => logged(tx, context, [row], () => setStatus(tx, id, status)));
    if (!set) throw refused('isv.plan-not-found');
    return { is_success: true };
  },
  'piaoquan.sendplan.item.stock.adjust': async ({ id, ...change }, context) => ({
    total_inventory: await sql.begin((tx) =>
      adjust(tx, context, {
        ...change,
        plan_id: id,
        reason: keptText(change.reason),
        operator: context.actor,
        adjusted_at: context.now,
      }),
    ),
  }),
  'piaoquan.sendplan.receipt.list': async ({ plan_id, user_id, phone, cursor, page_size }) => {
    const isv_id = await partnerOf(sql, plan_id);
    if (isv_id === undefined) throw refused('isv.plan-not-found');
    const named = userHashes(vault, isv_id, {
      ...(user_id != null && { userId: user_id }),
      ...(phone != null && { phone: plainPhone(phone) }),
    });
    const names = named.length === 0 ? undefined : named;
    const before = readIdCursor(cursor, Number.MAX_SAFE_INTEGER);
    const find = (limit: number) => findReceipts(sql, { plan_id, names, before, limit });
    const page = await pageOf(page_size, find, ({ receipt_id }) => writeIdCursor(receipt_id));
    return {
      receipts: page.rows.map((receipt) => showReceipt(vault, plan_id, receipt)),
      next_cursor: page.next_cursor,
    };
  },
  ...chargeAdminHandlers({ sql, vault }),
});

/** Creates or changes a plan and its items; whoever receives waits meanwhile. */
async function store(tx: Transaction, { items, ...plan }: Saved, context: CallContext): Promise<void> {
  const { actor, now, request_id } = context;
  if (!(await hasCircle(tx, plan.isv_id, plan.circle_id))) throw refused('isv.circle-not-found');
  const old = await endOfPlan(tx, plan.id);
  const saved = await logged(tx, context, [['sendplan', { id: plan.id }]], () => savePlan(tx, plan));
  if (!saved) throw refused('isv.plan-of-other-circle');
  refuseOver(planSave, 'isv.plan-over', { path: 'plan.end_time', end: plan.end_time, old }, now);
  const stored = await itemsOf(tx, plan.id);
  for (const item of items) {
    const { consumed_inventory: _shown, ...rest } = item;
    const { total_inventory: total } = item;
    const old = stored.get(item.id);
    await logged(tx, context, [itemRow(plan.id, item.id)], () => saveItem(tx, { ...rest, plan_id: plan.id }));
    const entry = { plan_id: plan.id, item_id: item.id, operator: actor, adjusted_at: now };
    if (old === undefined)
      await writeAdjustment(tx, {
        ...entry,
        adjust_id: 'opening',
        reason: '期初',
        delta: total ?? 0,
        total_after: total ?? 0,
      });
    else if (total !== undefined && total !== old.total_inventory)
      await changeTotal(
        tx,
        context,
        { ...entry, adjust_id: `save-${request_id}`, reason: '保存计划', delta: totalDelta(old, total) },
        old,
      );
  }
}

const itemRow = (plan_id: number, id: number) => ['sendplan_item', { plan_id, id }] as const;

/** What a save adds to a total; what has none gets none by it, and what has one keeps one. */
function totalDelta({ total_inventory }: Item, total: number | null): number {
  if (total_inventory === null || total === null) throw refused('isv.stock-out-of-range');
  return total - total_inventory;
}

/** Changes an item's total once by an adjust_id, and gives the total that then was. */
async function adjust(tx: Transaction, writer: Writer, adjustment: Adjustment): Promise<number> {
  if (!(await holdPlan(tx, adjustment.plan_id))) throw refused('isv.plan-not-found');
  const item = (await itemsOf(tx, adjustment.plan_id)).get(adjustment.item_id);
  if (item === undefined) throw refused('isv.item-not-found');
  const known = await findAdjustment(tx, adjustment);
  if (known === undefined) return changeTotal(tx, writer, adjustment, item);
  if (known.delta !== adjustment.delta || known.reason !== adjustment.reason) throw refused('isv.adjust-conflict');
  return known.total_after;
}

async function changeTotal(tx: Transaction, writer: Writer, adjustment: Adjustment, item: Item): Promise<number> {
  if (item.total_inventory === null) throw refused('isv.stock-out-of-range');
  const total_after = item.total_inventory + adjustment.delta;
  if (total_after < item.consumed_inventory || total_after > MOST) throw refused('isv.stock-out-of-range');
  const { plan_id, item_id } = adjustment;
  await logged(tx, writer, [itemRow(plan_id, item_id)], () => addToTotal(tx, adjustment));
  await writeAdjustment(tx, { ...adjustment, total_after });
  return total_after;
}

async function onePlan(sql: Sql, id: number): Promise<Plan> {
  const [plan] = await findPlans(sql, { id, after: 0, limit: 1 });
  if (plan === undefined) throw refused('isv.plan-not-found');
  return plan;
}

function showReceipt(vault: Vault, plan_id: number, { user_hash, user_sealed, ...receipt }: Receipt) {
  const { userId, phone } = JSON.parse(vault.open(RECEIVER_SEALED, [plan_id, user_hash], user_sealed)) as Receiver;
  return {
    ...receipt,
    user_id: userId === undefined ? undefined : shownId(userId),
    phone: phone === undefined ? undefined : maskPhone(phone),
  };
}
