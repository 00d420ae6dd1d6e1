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
