import { type CallContext, fault, type Handlers, type RequestOf } from '../../../../contract/method.ts';
import { refuseOver } from '../../../../contract/period.ts';
import type { eventStatusUpdate } from '../../../../contract/ticketing/admin.ts';
import {
  type priceStockAdjust,
  type projectGet,
  type projectList,
  projectSave,
} from '../../../../contract/ticketing/admin.ts';
import { type Changing, logged } from '../../../../database/change-log.ts';
import { hasState, SQLSTATE } from '../../../../database/errors.ts';
import type { Sql, Transaction } from '../../../../database/pool.ts';
import { keptText } from '../../../../secrets/personal.ts';
import { pageOf, readIdCursor, writeIdCursor } from '../../../paging.ts';
import { projectOfEvent } from '../channels/queries.ts';
import {
  adjustStock,
  type EventEnds,
  endsOfEvents,
  findPrices,
  findProjectPage,
  findStoredProject,
  insertPrice,
  lockStock,
  type StoredPrice,
  saveChildren,
  saveDiscounts,
  saveEvent,
  saveProject,
  saveSites,
  setEventStatus,
  updatePrice,
} from './queries.ts';

type Contracts = readonly [
  typeof projectSave,
  typeof projectGet,
  typeof projectList,
  typeof eventStatusUpdate,
  typeof priceStockAdjust,
];
type Project = RequestOf<typeof projectSave>['project'];
type Event = Project['event_list'][number];
type Price = Event['price_list'][number];

const refused = (sub_code: keyof typeof projectSave.errors) => fault(projectSave, sub_code);
const wrong = (field: string, why: string): Error =>
  fault(projectSave, 'isv.project-contradicts', `参数 ${field} 不合法：${why}`, { argument: field });

/** The administration of projects, events and their stock. */
export const adminProjectHandlers = ({ sql }: { sql: Sql }): Handlers<Contracts> => ({
  'piaoquan.ticketing.project.save': async ({ project }, context) => {
    check(project);
    await sql.begin((tx) => store(tx, project, context));
    return { is_success: true };
  },
  'piaoquan.ticketing.project.get': async ({ project_id }) => {
    const found = await findStoredProject(sql, project_id);
    if (found === undefined) throw refused('isv.project-not-found');
    return { project: assemble(found) };
  },
  'piaoquan.ticketing.project.list': async ({ cursor, page_size, ...filter }) => {
    const after = readIdCursor(cursor);
    const find = (limit: number) => findProjectPage(sql, { ...filter, after, limit });
    const page = await pageOf(page_size, find, ({ project_id: id }) => writeIdCursor(id));
    return { projects: page.rows, next_cursor: page.next_cursor };
  },
  'piaoquan.ticketing.event.status.update': async ({ event_id, status }, context) => {
    const row = ['ticketing_event', { event_id }] as const;
    const set = await sql.begin((tx) => logged(tx, context, [row], () => setEventStatus(tx, event_id, status)));
    if (!set) throw refused('isv.event-not-found');
    return { is_success: true };
  },
  'piaoquan.ticketing.price.stock.adjust': async ({ event_id, price_id, ...change }, context) => {
    const project_id = await projectOfEvent(sql, event_id);
    if (project_id === undefined) throw refused('isv.event-not-found');
    const entry = { ...change, reason: keptText(change.reason), operator: context.actor, now: context.now };
    const place = { project_id, event_id, price_id };
    const code = await sql.begin(async (tx) => {
      await lockStock(tx, project_id);
      return logged(tx, context, [['ticketing_price', place]], () => adjustStock(tx, place, entry));
    });
    if (code === 1) throw refused('isv.price-not-found');
    if (code === 2) throw refused('isv.stock-out-of-range');
    if (code === 3) throw refused('isv.adjust-conflict');
    return { is_success: true };
  },
});

function firstDouble(ids: readonly number[]): number {
  return ids.findIndex((id, index) => ids.indexOf(id) !== index);
}

/** Refuses what contradicts itself, naming the field. */
function check({ event_list }: Project): void {
  const double = firstDouble(event_list.map(({ event_id }) => event_id));
  if (double >= 0) throw wrong(`project.event_list[${double}].event_id`, '重复');
  for (const [index, event] of event_list.entries()) checkEvent(event, `project.event_list[${index}]`);
}

function checkEvent(event: Event, path: string): void {
  if (event.event_show_end_time < event.event_show_start_time)
    throw wrong(`${path}.event_show_end_time`, '早于开始时间');
  if (event.gate_open_time != null && event.gate_open_time > event.event_show_end_time)
    throw wrong(`${path}.gate_open_time`, '晚于演出结束');
  if (event.sale_end_time <= event.sale_start_time) throw wrong(`${path}.sale_end_time`, '不晚于 sale_start_time');
  const prices = firstDouble(event.price_list.map(({ price_id }) => price_id));
  if (prices >= 0) throw wrong(`${path}.price_list[${prices}].price_id`, '重复');
  const discounts = event.discount_list ?? [];
  const double = firstDouble(discounts.map(({ discount_id }) => discount_id));
  if (double >= 0) throw wrong(`${path}.discount_list[${double}].discount_id`, '重复');
  // Both or neither: one that is left out would stay as it is beside the other.
  for (const [index, { threshold, amount }] of discounts.entries())
    if (wishOf(threshold) !== wishOf(amount) || (amount ?? 0) > (threshold ?? 0))
      throw wrong(`${path}.discount_list[${index}].amount`, '与 threshold 同时给出且不大于它');
  for (const [index, { is_coupon_ticket, is_package_only, child_list }] of event.price_list.entries()) {
    const here = `${path}.price_list[${index}]`;
    if (is_coupon_ticket === 1 && is_package_only) throw wrong(`${here}.is_package_only`, '套票须单独出售');
    if (is_coupon_ticket === 0 && child_list?.length) throw wrong(`${here}.child_list`, '普通票档没有子票档');
    const part = firstDouble((child_list ?? []).map(({ price_id }) => price_id));
    if (part >= 0) throw wrong(`${here}.child_list[${part}].price_id`, '重复');
  }
}

/** What a save says of a setting: that it stays, that it goes, or what it is. */
const wishOf = (value: unknown): 'left out' | 'taken' | 'given' =>
  value === undefined ? 'left out' : value === null ? 'taken' : 'given';

/** Writes a project with its parts; whoever orders meanwhile waits. */
async function store(tx: Transaction, project: Project, context: CallContext): Promise<void> {
  const { site_list, event_list, ...rest } = project;
  // In order of their ids: two saves that share venues do not wait for each other.
  const sites = [...new Map((site_list ?? []).map((site) => [site.site_id, site])).values()].sort(
    (a, b) => a.site_id - b.site_id,
  );
  const rows: Changing[] = [
    ...sites.map(({ site_id }) => ['ticketing_site', { site_id }] as const),
    ['ticketing_project', { project_id: project.project_id }],
  ];
  const saved = await logged(tx, context, rows, async () => {
    await saveSites(tx, sites);
    return saveProject(tx, rest);
  }).catch((error) => {
    if (!hasState(error, SQLSTATE.foreignKeyViolation)) throw error;
    throw refused(/site/.test(error.constraint) ? 'isv.site-not-found' : 'isv.tenant-not-found');
  });
  if (!saved) throw refused('isv.project-of-other-tenant');
  await lockStock(tx, project.project_id);
  // In order of their ids too: two saves that claim the same new ids do not wait for each other.
  const events = event_list.toSorted((a, b) => a.event_id - b.event_id);
  const ends = await endsOfEvents(tx, project.project_id);
  for (const event of events) {
    const path = `project.event_list[${event_list.indexOf(event)}]`;
    await logged(tx, context, rowsOf(project.project_id, event), () =>
      storeEvent(tx, project.project_id, event, path, context),
    );
    refuseOverEvent(event, ends.get(event.event_id), path, context.now);
  }
}

/** Whether a save tells what a tier holds. */
const tellsParts = ({ is_coupon_ticket, child_list }: Price): boolean =>
  is_coupon_ticket !== 0 && child_list !== undefined;

/** The rows that a save of an event may change, in the order in which it does. */
const rowsOf = (project_id: number, { event_id, price_list, discount_list }: Event): Changing[] => [
  ['ticketing_event', { event_id }],
  ['ticketing_event_discount', { event_id }, { discount_id: (discount_list ?? []).map((each) => each.discount_id) }],
  ...price_list.map(({ price_id }) => ['ticketing_price', { project_id, event_id, price_id }] as const),
  ...price_list.filter(tellsParts).map(({ price_id, child_list }): Changing => {
    const order = { child_price_id: (child_list ?? []).map((child) => child.price_id) };
    return ['ticketing_price_child', { project_id, event_id, price_id }, order];
  }),
];

/** Refuses an event whose show or sale is over already. */
function refuseOverEvent(event: Event, old: EventEnds | undefined, path: string, now: Date): void {
  for (const name of ['event_show_end_time', 'sale_end_time'] as const)
    refuseOver(projectSave, 'isv.event-over', { path: `${path}.${name}`, end: event[name], old: old?.[name] }, now);
}

async function storeEvent(
  tx: Transaction,
  project_id: number,
  event: Event,
  path: string,
  context: CallContext,
): Promise<void> {
  const { discount_list, price_list, status: _shown, entry_limit, ...rest } = event;
  const entries = entry_limit === undefined ? {} : { entry_limit: entry_limit === 0 ? null : (entry_limit ?? 1) };
  const saved = await saveEvent(tx, { project_id, ...rest, ...entries }).catch((error) => {
    // A gate_open_time that was left out stays as it is.
    if (error.constraint === 'ticketing_event_gate_opens') throw wrong(`${path}.gate_open_time`, '晚于演出结束');
    throw hasState(error, SQLSTATE.foreignKeyViolation) ? refused('isv.site-not-found') : error;
  });
  if (!saved) throw refused('isv.event-of-other-project');
  const { event_id } = event;
  if (discount_list !== undefined) {
    const discounts = (discount_list ?? []).map((each) => ({ ...each, event_id }));
    await saveDiscounts(tx, event_id, discounts);
  }
  const stored = await findPrices(tx, project_id, event_id);
  for (const [index, price] of price_list.entries())
    await storePrice(tx, { project_id, event_id }, price, `${path}.price_list[${index}]`, stored, context);
  for (const { price_id, child_list } of price_list.filter(tellsParts)) {
    await saveChildren(tx, { project_id, event_id, price_id }, child_list ?? []).catch((error) => {
      throw hasState(error, SQLSTATE.foreignKeyViolation) ? refused('isv.price-not-found') : error;
    });
  }
}

async function storePrice(
  tx: Transaction,
  event: { readonly project_id: number; readonly event_id: number },
  price: Price,
  path: string,
  stored: ReadonlyMap<number, StoredPrice>,
  { actor, now }: CallContext,
): Promise<void> {
  const {
    price_id,
    goods_count,
    child_list: _parts,
    sale_count: _sold,
    held_count: _held,
    margin_count: _left,
    ...rest
  } = price;
  const old = stored.get(price_id);
  const place = { ...event, price_id };
  if (old === undefined) {
    if (goods_count == null) throw wrong(`${path}.goods_count`, '新票档须填写数量');
    await insertPrice(tx, { ...rest, ...place, goods_count }, actor, now);
    return;
  }
  if (old.is_coupon_ticket !== price.is_coupon_ticket) throw refused('isv.price-kind-fixed');
  if (goods_count != null && goods_count !== old.goods_count) throw refused('isv.stock-by-adjust');
  await updatePrice(tx, place, rest);
}

type Stored = NonNullable<Awaited<ReturnType<typeof findStoredProject>>>;

/** A project as it was saved, put together from its rows. */
function assemble({ project, events, discounts, prices, children }: Stored): Project {
  const of = <T extends { readonly event_id: number }>(rows: readonly T[], event_id: number) =>
    rows.filter((row) => row.event_id === event_id);
  return {
    ...project,
    event_list: events.map((event) => ({
      ...event,
      discount_list: of(discounts, event.event_id),
      price_list: of(prices, event.event_id).map((price) => ({
        ...price,
        child_list:
          price.is_coupon_ticket === 1
            ? of(children, event.event_id).filter(({ parent_id }) => parent_id === price.price_id)
            : undefined,
      })),
    })),
  };
}
