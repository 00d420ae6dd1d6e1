import type { Sql } from '../database/pool.ts';

/** What the figures need of a call: when it came (epoch ms), its outcome, and its time in microseconds. */
export type FiguredCall = {
  readonly called_at: Date;
  readonly code: number;
  readonly sub_code: string | undefined;
  readonly duration_us: number;
};

/** Calls of a slot of ten seconds with one outcome and of one length. */
export type Figure = {
  /** Start of the slot in epoch seconds. */
  readonly slot: number;
  /** 0 for what was done, -1 for a refusal within the answer, else the code of the error; sub_code is empty when there is none. */
  readonly code: number;
  readonly sub_code: string;
  /** The calls took up to so many microseconds and more than the bound before. */
  readonly up_to_us: number;
  readonly calls: number;
};

const SLOT_SECONDS = 10;
const DECADES = [100, 1000, 10_000, 100_000, 1_000_000];
/** Upper bounds of durations, in microseconds; the last holds all that is longer. */
export const DURATION_BOUNDS: readonly number[] = [
  ...DECADES.flatMap((decade) => [1, 1.5, 2, 3, 5, 7].map((step) => decade * step)),
  10_000_000,
  2_147_483_647,
];

/** Sums of calls by slot, outcome and duration, while they are added up. */
export type Tally = {
  add(call: FiguredCall): void;
  /** The sums, which begin anew. */
  take(): Figure[];
  /** Adds sums that were taken. */
  putBack(figures: readonly Figure[]): void;
};

/** Opens sums without a call. */
export function openTally(): Tally {
  let sums = new Map<string, { -readonly [Key in keyof Figure]: Figure[Key] }>();
  const addUp = (figure: Figure): void => {
    const key = `${figure.slot} ${figure.code} ${figure.sub_code} ${figure.up_to_us}`;
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, { ...figure });
    else sum.calls += figure.calls;
  };
  return {
    add({ called_at, code, sub_code = '', duration_us }) {
      const second = Math.floor(called_at.getTime() / 1000);
      const slot = second - (second % SLOT_SECONDS);
      const up_to_us = DURATION_BOUNDS.find((bound) => duration_us <= bound) ?? (DURATION_BOUNDS.at(-1) as number);
      addUp({ slot, code, sub_code, up_to_us, calls: 1 });
    },
    take() {
      const taken = [...sums.values()];
      sums = new Map();
      return taken;
    },
    putBack(figures) {
      for (const each of figures) addUp(each);
    },
  };
}

/** Adds calls up by slot, outcome and duration. */
export function tally(calls: readonly FiguredCall[]): Figure[] {
  const sums = openTally();
  for (const each of calls) sums.add(each);
  return sums.take();
}

/** The statement that adds figures to those stored, to stand in a `with` beside the one that stores their calls. */
export const addFigures = (sql: Sql, figures: readonly Figure[]) => sql`
  insert into platform_call_figure as stored (slot, code, sub_code, up_to_us, calls)
  select to_timestamp(f.slot), f.code, f.sub_code, f.up_to_us, f.calls
  from jsonb_to_recordset(${sql.json(figures)}::jsonb)
    as f (slot bigint, code integer, sub_code text, up_to_us integer, calls bigint)
  order by 1, 2, 3, 4
  on conflict (slot, code, sub_code, up_to_us) do update set calls = stored.calls + excluded.calls`;

/** Forgets figures of slots before an instant. */
export async function dropFigures(sql: Sql, before: Date): Promise<void> {
  await sql`delete from platform_call_figure where slot < ${before}`;
}

/** The figures of the slots from an instant on, of all processes. */
export const findFigures = (sql: Sql, since: Date): Promise<Figure[]> => sql`
  select extract(epoch from slot)::bigint as slot, code, sub_code, up_to_us, calls
  from platform_call_figure where slot >= ${since} order by slot`;

/** A minute of calls: `at` in epoch seconds, and its errors by sub_code, or by code where there is none. */
export type Minute = {
  readonly at: number;
  readonly calls: number;
  readonly errors: number;
  readonly by_sub_code: Readonly<Record<string, number>>;
};

/** Calls and errors of each minute since an instant that had any. */
export const findMinutes = (sql: Sql, since: Date): Promise<Minute[]> => sql`
  select minute as at, sum(calls)::bigint as calls, coalesce(sum(calls) filter (where failed), 0)::bigint as errors,
    coalesce(jsonb_object_agg(word, calls) filter (where failed), '{}') as by_sub_code
  from (
    select extract(epoch from slot)::bigint / 60 * 60 as minute, code <> 0 as failed,
      case when sub_code = '' then code::text else sub_code end as word, sum(calls) as calls
    from platform_call_figure where slot >= ${since} group by 1, 2, 3
  ) f group by minute order by minute`;

/** Stock of something that runs now. */
export type Stock = {
  /** lottery_segment, ticketing_price, sendplan_item, benefit_template or voucher_batch. */
  readonly thing: string;
  /** Its ids, joined by `/`: spread_id/segment_no, project_id/event_id/price_id, plan_id/item_id, user_id/benefit_id, mix_id. */
  readonly key: string;
  readonly name: string;
  readonly stock: number;
  readonly stock_left: number;
  /** When it ends, in epoch seconds. */
  readonly ends_at: number;
};

/** Things of one kind that the stock board shows; those that end first come first. */
const MOST_OF_A_KIND = 50;

/** The stock of all that runs at an instant; what is unlimited is left out. Each part reads an index by the end. */
export const findStock = (sql: Sql, now: Date): Promise<Stock[]> => sql`
  (select 'lottery_segment' as thing, s.spread_id || '/' || s.segment_no as key, a.name, s.win_times as stock,
    s.win_times - s.consumed_win_times as stock_left, extract(epoch from s.end_time)::bigint as ends_at
  from lottery_segment s join lottery_activity a using (platform, spread_id)
  where not period_over(s.end_time, ${now}) and s.start_time <= ${now} and a.status = 1
  order by s.end_time, 2 limit ${MOST_OF_A_KIND})
  union all
  (select 'ticketing_price', t.project_id || '/' || t.event_id || '/' || t.price_id, e.event_name || ' · ' || t.price_name, t.goods_count,
    t.margin_count, extract(epoch from e.sale_end_time)::bigint
  from ticketing_event e join ticketing_price_shown t using (project_id, event_id)
  where not period_over(e.sale_end_time, ${now}) and e.sale_start_time <= ${now} and e.status = 1
  order by e.sale_end_time, 2 limit ${MOST_OF_A_KIND})
  union all
  (select 'sendplan_item', i.plan_id || '/' || i.id, p.name || ' · ' || i.name, i.total_inventory,
    i.total_inventory - i.consumed_inventory, extract(epoch from p.end_time)::bigint
  from sendplan p join sendplan_item i on i.plan_id = p.id
  where not period_over(p.end_time, ${now}) and p.start_time <= ${now} and p.status = 1 and i.total_inventory is not null
  order by p.end_time, 2 limit ${MOST_OF_A_KIND})
  union all
  (select 'benefit_template', t.user_id || '/' || t.benefit_id, coalesce(t.out_object_name, y.benefit_name), t.total_num,
    t.valid_total_num, extract(epoch from t.end_time)::bigint
  from benefit_template t join benefit_type y using (config_id)
  where not period_over(t.end_time, ${now}) and t.start_time <= ${now} and t.status = 1
  order by t.end_time, 2 limit ${MOST_OF_A_KIND})
  union all
  (select 'voucher_batch', b.mix_id, b.name, b.total_count, b.total_count - b.issue_sequence,
    extract(epoch from b.coupon_expire_time)::bigint
  from voucher_batch b
  where not period_over(b.coupon_expire_time, ${now}) and b.bind_begin_time <= ${now} and b.status = 1
  order by b.coupon_expire_time, 2 limit ${MOST_OF_A_KIND})`;
