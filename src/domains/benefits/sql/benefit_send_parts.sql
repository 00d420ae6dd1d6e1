-- The commands of a batch of sends with what they meet, once for each detail that is to be decided (of_detail, null
-- where there is none; those of another type than asked for are not meant): its template, why it is refused as it
-- stands, and how often the receiver was sent it in the present window of its limit.
create or replace function benefit_send_parts(p_user_id bigint, p_commands jsonb)
returns setof benefit_send_part
language sql stable as $$
  with command as materialized (
    select m.*, coalesce(m.relation_id, 0) as asked_relation, coalesce(m.detail_id, 0) as asked_detail
    from benefit_send_match(p_user_id, p_commands) m
  ),
  target as materialized (
    select asked.*, t.* from (
      select distinct c.asked_relation, c.asked_detail from command c where c.n = c.first_n
    ) asked cross join lateral benefit_send_targets(p_user_id, asked.asked_relation, asked.asked_detail) t
  ),
  part as materialized (
    select c.n, c.receiver, t.detail_id, t.benefit_id, t.valid_total_num, t.max_sends,
      to_timestamp(floor(c.at / (1000.0 * t.window_seconds)) * t.window_seconds) as window_start,
      case when c.sent_at < t.from_time then 'isp.param-error:236'
        when period_over(t.to_time, c.sent_at) then 'isv.param-error:226'
        when t.status <> 1 and t.config_id = 1 then 'isp.param-error:214'
        when t.status <> 1 then 'isp.param-error:236' end as refusal
    from command c join target t on t.asked_relation = c.asked_relation and t.asked_detail = c.asked_detail
    where c.n = c.first_n and c.stored_content is null and not c.is_shared
      and (c.config_id is null or c.config_id = t.config_id)
      and (c.benefit_type is null or c.benefit_type is not distinct from t.benefit_type)
  )
  select c.n, c.first_n, c.same_content, c.unique_id, c.content, c.send_count, c.receiver, c.receiver_sealed,
    c.share_hash, c.biz_id, c.trace_id, c.sent_at, c.stored_content, c.is_shared,
    exists (select from target t where t.asked_relation = c.asked_relation and t.asked_detail = c.asked_detail),
    p.detail_id, p.benefit_id, p.valid_total_num, p.max_sends, p.window_start, p.refusal, coalesce(past.sends, 0)
  from command c
  left join part p on p.n = c.n
  left join lateral (
    select s.window_ordinal as sends from benefit_send_detail s
    where s.user_id = p_user_id and s.benefit_id = p.benefit_id and s.receiver_hash = p.receiver
      and s.window_start = p.window_start order by s.window_ordinal desc limit 1
  ) past on true
$$;
