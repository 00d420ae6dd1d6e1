-- What a pair of relation and detail that a send asks for means (0: it names none): one detail, or all living ones of
-- the relation; each with its template, and from when to when both it and the activity hold.
create or replace function benefit_send_targets(p_user_id bigint, p_relation_id bigint, p_detail_id bigint)
returns table (detail_id bigint, benefit_id bigint, config_id bigint, benefit_type text, status smallint,
  valid_total_num bigint, max_sends integer, window_seconds integer, from_time timestamptz, to_time timestamptz)
language sql stable as $$
  select d.detail_id, d.benefit_id, t.config_id, y.benefit_type, t.status, t.valid_total_num, t.max_sends,
    t.window_seconds, greatest(a.start_time, t.start_time), least(a.end_time, t.end_time)
  from (
    (select * from benefit_detail x
      where x.user_id = p_user_id and x.detail_id between p_detail_id and p_detail_id
        and p_relation_id in (0, x.relation_id) and x.status = 'VALID' order by x.detail_id limit 1)
    union all
    (select * from benefit_detail x where p_detail_id = 0 and x.user_id = p_user_id
      and x.relation_id between p_relation_id and p_relation_id and x.status = 'VALID' order by x.relation_id)
  ) d
  cross join lateral (
    select * from benefit_activity x
    where x.user_id = p_user_id and x.relation_id between d.relation_id and d.relation_id
    order by x.relation_id limit 1
  ) a
  cross join lateral (
    select * from benefit_template x
    where x.user_id = p_user_id and x.benefit_id between d.benefit_id and d.benefit_id order by x.benefit_id limit 1
  ) t
  cross join lateral (select x.benefit_type from benefit_type x where x.config_id = t.config_id limit 1) y
$$;
