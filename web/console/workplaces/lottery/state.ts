import { useQuery } from '@tanstack/react-query';
import { isOver } from '../../../../src/contract/period.ts';
import type { AnswerOf } from '../../client.ts';
import { useSession } from '../../session.tsx';

/** A draw activity as its method answers it. */
export type Activity = AnswerOf<'piaoquan.lottery.activity.get'>['activity'];
/** A span of time with its own stock; both bounds belong to it, to the second. */
export type Segment = Activity['segments'][number];
/** What may be won. */
export type Prize = Activity['prizes'][number];

const ON_SHELF = 1;
const LOOK_MS = 5000;

/** Whether an activity is on shelf. */
export const isOnShelf = ({ status }: { status: number }): boolean => status === ON_SHELF;

/** One activity with its stock; looked at again every five seconds while it may be drawn. */
export function useActivity(spread_id: string) {
  const { client } = useSession();
  return useQuery({
    queryKey: ['piaoquan.lottery.activity.get', spread_id],
    queryFn: async ({ signal }) =>
      (await client.call('piaoquan.lottery.activity.get', { spread_id }, { signal })).activity,
    refetchInterval: ({ state: { data } }) => (data !== undefined && isRunning(data, Date.now()) ? LOOK_MS : false),
  });
}

/** Whether draws can win at an instant (epoch milliseconds). */
const isRunning = (activity: Activity, now: number): boolean =>
  isOnShelf(activity) && activity.segments.some((segment) => phaseOf(segment, now) === 'now');

/** Where an instant (epoch milliseconds) lies to a segment. */
export function phaseOf({ start_time, end_time }: Segment, now: number): 'coming' | 'now' | 'over' {
  if (now < start_time.getTime()) return 'coming';
  return isOver(end_time, now) ? 'over' : 'now';
}

/** Wins that a segment has left. */
export const leftOf = ({ win_times, consumed_win_times }: Segment): number =>
  (win_times ?? 0) - (consumed_win_times ?? 0);

/** Units that a prize has left; undefined when the segments alone limit it. */
export const prizeLeft = ({ total_count, consumed_count }: Prize): number | undefined =>
  total_count == null ? undefined : total_count - (consumed_count ?? 0);

/** The segment that holds at an instant, else the next one to come; undefined when all are over. */
export const segmentAt = (segments: readonly Segment[], now: number): Segment | undefined =>
  segments.find((each) => phaseOf(each, now) === 'now') ?? segments.find((each) => phaseOf(each, now) === 'coming');

/** Sum of a figure over the segments. */
export const total = (segments: readonly Segment[], of: (segment: Segment) => number): number =>
  segments.reduce((sum, each) => sum + of(each), 0);

/** The page of an activity, at one of its tabs. */
export const pathOf = (spread_id: string, tab = ''): string =>
  `/lottery/${encodeURIComponent(spread_id)}${tab && `/${tab}`}`;
