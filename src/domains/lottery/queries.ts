import type { Queryable, Sql } from '../../database/pool.ts';

/** A segment of an activity; both bounds are whole seconds and belong to it. */
export type Segment = { start_time: Date; end_time: Date; win_times: number; consumed_win_times: number };

/** A draw activity with its segments, earliest first. `status`: 1 on shelf, 2 off shelf. */
export type Activity = {
  spread_id: string;
  platform: number;
  name: string;
  status: number;
  segment_infos: Segment[];
};

type SegmentText = Omit<Segment, 'start_time' | 'end_time'> & { start_time: string; end_time: string };

/** The activities among `spread_ids` that exist, by spread_id; one statement. */
export async function findActivities(sql: Sql, spread_ids: string[]): Promise<Map<string, Activity>> {
  const rows = await sql<(Omit<Activity, 'segment_infos'> & { segment_infos: SegmentText[] })[]>`
    select a.spread_id, a.platform, a.name, a.status, s.segment_infos
    from lottery_activity a cross join lateral (
      select coalesce(json_agg(json_build_object(
        'start_time', start_time, 'end_time', end_time,
        'win_times', win_times, 'consumed_win_times', consumed_win_times) order by start_time), '[]') as segment_infos
      from lottery_segment where spread_id = a.spread_id
    ) s
    where a.spread_id = any (${spread_ids})`;
  return new Map(rows.map((row) => [row.spread_id, { ...row, segment_infos: row.segment_infos.map(readSegment) }]));
}

const readSegment = (segment: SegmentText): Segment => ({
  ...segment,
  start_time: new Date(segment.start_time),
  end_time: new Date(segment.end_time),
});

/**
 * Adds an activity with its segments, numbered as they come. Does nothing when the spread_id is taken. Run it in a
 * transaction.
 */
export async function insertActivity(sql: Queryable, activity: Activity): Promise<void> {
  const { segment_infos, ...row } = activity;
  const added = await sql`insert into lottery_activity ${sql(row)} on conflict do nothing returning spread_id`;
  if (added.length === 0 || segment_infos.length === 0) return;
  const segments = segment_infos.map((segment, index) => ({
    spread_id: row.spread_id,
    segment_no: index + 1,
    ...segment,
  }));
  await sql`insert into lottery_segment ${sql(segments)}`;
}
