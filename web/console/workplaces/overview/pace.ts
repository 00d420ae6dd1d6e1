import type { LiveStock } from '../../../../src/console/live.ts';

/** Something that runs, with how fast it sells. */
export type Running = LiveStock['things'][number] & {
  /** Units taken a second over the events kept. */
  readonly pace: number;
  /** Seconds until it is sold out at that pace; undefined when nothing was taken. */
  readonly seconds_left: number | undefined;
};

/** Events of stock that the pace is taken from: every three seconds one, so half a minute. */
export const PACE_EVENTS = 10;

/**
 * What runs by the latest event, each with its pace over all events given (oldest first): one interval of three seconds
 * jumps too much to tell a time by. What sells out first comes first, then what ends first.
 */
export function paceOf(events: readonly LiveStock[]): Running[] {
  const latest = events.at(-1)?.things ?? [];
  // The first event of a stream has nothing before it and says 0.
  const measured = events.length > 1 ? events.slice(1) : events;
  const taken = new Map<string, number[]>();
  for (const { things } of measured)
    for (const { thing, key, taken_per_second } of things) {
      const name = `${thing} ${key}`;
      taken.set(name, [...(taken.get(name) ?? []), taken_per_second]);
    }
  return latest.map((each) => withPace(each, taken.get(`${each.thing} ${each.key}`) ?? [0])).sort(soonest);
}

function withPace(thing: LiveStock['things'][number], rates: readonly number[]): Running {
  const pace = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  return { ...thing, pace, seconds_left: pace > 0 ? thing.stock_left / pace : undefined };
}

const soonest = (a: Running, b: Running): number =>
  (a.seconds_left ?? Infinity) - (b.seconds_left ?? Infinity) || a.ends_at - b.ends_at;
