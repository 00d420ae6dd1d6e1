import type { Sql } from '../../../database/pool.ts';

/** A send that is asked about; ids null where they are not given, the receiver as a keyed hash in hex. */
export type SendAsked = {
  readonly user_id: number;
  readonly relation_id: number | null;
  readonly detail_id: number | null;
  readonly unique_id: string | null;
  readonly receiver_hash: string;
};

/** A detail that the send means, of any type; instants in epoch milliseconds. */
export type TargetFacts = {
  readonly detail_id: number;
  readonly benefit_id: number;
  readonly config_id: number;
  readonly benefit_type: string | null;
  readonly status: number;
  readonly valid_total_num: number;
  readonly max_sends: number | null;
  readonly window_seconds: number | null;
  readonly from_time: number;
  readonly to_time: number;
  /** Sends of it to the receiver in the present window of its limit. */
  readonly window_sends: number;
};

/** All that decides a send at an instant. */
export type SendFacts = {
  /** State of the relation and of the detail that were named; null when there is none or none was named. */
  readonly relation_status: string | null;
  readonly detail_status: string | null;
  readonly targets: readonly TargetFacts[];
  /** The send that bears the key already: keyed hash (hex) of what it asked, and when. */
  readonly sent_content: string | null;
  readonly sent_at: Date | null;
};

/** What decides a send at an instant, in one statement and one snapshot; takes no lock. */
export async function findSendFacts(sql: Sql, asked: SendAsked, now: Date): Promise<SendFacts> {
  const { user_id, relation_id, detail_id, unique_id, receiver_hash } = asked;
  const [row] = await sql<SendFacts[]>`
    select encode(s.content_hash, 'hex') as sent_content, s.sent_at,
      (select a.status from benefit_activity a where a.user_id = seller.user_id and a.relation_id = ${relation_id}) as relation_status,
      (select d.status from benefit_detail d where d.user_id = seller.user_id and d.detail_id = ${detail_id}) as detail_status, (
        select coalesce(json_agg(t order by t.detail_id), '[]') from (
          select d.detail_id, d.benefit_id, t.config_id, y.benefit_type, t.status, t.valid_total_num, t.max_sends,
            t.window_seconds, extract(epoch from greatest(a.start_time, t.start_time)) * 1000 as from_time,
            extract(epoch from least(a.end_time, t.end_time)) * 1000 as to_time, coalesce(past.sends, 0) as window_sends
          from benefit_detail d
          join benefit_activity a using (user_id, relation_id)
          join benefit_template t using (user_id, benefit_id)
          join benefit_type y using (config_id)
          left join lateral (
            select p.window_ordinal as sends from benefit_send_detail p
            where p.user_id = d.user_id and p.benefit_id = d.benefit_id and p.receiver_hash = decode(${receiver_hash}, 'hex')
              and p.window_start = to_timestamp(floor(${now.getTime()}::bigint / (1000.0 * t.window_seconds)) * t.window_seconds)
            order by p.window_ordinal desc limit 1
          ) past on true
          where d.user_id = seller.user_id and d.status = 'VALID'
            and (${detail_id}::bigint is null or d.detail_id = ${detail_id})
            and (${relation_id}::bigint is null or d.relation_id = ${relation_id})
        ) t) as targets
    from (select ${user_id}::bigint as user_id) seller
    left join benefit_send s on s.user_id = seller.user_id and s.unique_id = ${unique_id}`;
  return row as SendFacts;
}
