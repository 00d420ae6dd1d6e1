import type { Sql } from '../../../database/pool.ts';

/** A receive that is asked about; the names of the user as keyed hashes in hex. */
export type ReceiveAsked = {
  readonly isv_id: number;
  readonly circle_id: number;
  readonly circle_content: string;
  readonly plan_id: number;
  readonly names: readonly string[];
  readonly request_id: string | null;
};

/** An item as a receive sees it; inventory in units, `left` null when unlimited, `need` taken by one receive. */
export type ItemFacts = {
  readonly id: number;
  readonly name: string;
  readonly weight: number;
  readonly need: number;
  readonly left: number | null;
};

/** All that decides a receive at an instant. What there is none of is null. */
export type ReceiveFacts = {
  readonly isv_id: number | null;
  readonly circle_contents: readonly string[] | null;
  readonly plan_isv_id: number | null;
  readonly plan_circle_id: number | null;
  readonly status: number | null;
  readonly start_time: Date | null;
  readonly end_time: Date | null;
  readonly count_limit: number | null;
  readonly day_limit: number | null;
  readonly items: readonly ItemFacts[];
  /** Receives of the user, in all and on the day that counts now. */
  readonly used: number;
  readonly used_today: number;
  /** When the request_id received before, and whether for the same user and content. */
  readonly received_at: Date | null;
  readonly is_same: boolean | null;
};

/** What decides a receive at an instant, in one statement and one snapshot; takes no lock. */
export async function findReceiveFacts(sql: Sql, asked: ReceiveAsked, now: Date): Promise<ReceiveFacts> {
  const { isv_id, circle_id, circle_content, plan_id, names, request_id } = asked;
  const [row] = await sql<ReceiveFacts[]>`
    select isv.isv_id, circle.circle_contents, plan.isv_id as plan_isv_id, plan.circle_id as plan_circle_id, plan.status,
      plan.start_time, plan.end_time, plan.count_limit, plan.day_limit, (
        select coalesce(json_agg(json_build_object('id', i.id, 'name', i.name, 'weight', i.weight,
          'need', coalesce(i.consume_inventory, 1), 'left', i.total_inventory - i.consumed_inventory) order by i.id), '[]')
        from sendplan_item i where i.plan_id = plan.id) as items,
      coalesce(used.in_all, 0) as used,
      case when used.last_day >= (${now}::timestamptz at time zone interval '08:00')::date then used.of_day
        else 0 end as used_today,
      stored.received_at, stored.user_hash = any (asked.names) and stored.circle_content = ${circle_content} as is_same
    from (
      select ${plan_id}::bigint as plan_id,
        sendplan_names(array(select decode(h, 'hex') from unnest(${names as string[]}::text[]) h)) as names
    ) asked
    left join sendplan_isv isv on isv.isv_id = ${isv_id}
    left join sendplan_circle circle on circle.isv_id = ${isv_id} and circle.circle_id = ${circle_id}
    left join sendplan plan on plan.id = asked.plan_id
    left join lateral (
      select sum(user_ordinal)::integer as in_all, max(last_day) as last_day,
        (sum(day_ordinal) filter (where receive_day = last_day))::integer as of_day
      from (
        select last.*, max(receive_day) over () as last_day from unnest(asked.names) name
        cross join lateral (
          select user_ordinal, receive_day, day_ordinal from sendplan_receipt r
          where r.plan_id = asked.plan_id and r.user_hash = name order by r.user_ordinal desc limit 1
        ) last
      ) each
    ) used on true
    left join sendplan_receipt stored on stored.plan_id = asked.plan_id and stored.request_id = ${request_id}`;
  return row as ReceiveFacts;
}
