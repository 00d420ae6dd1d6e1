-- The commands of a batch of receives, in lists, and what each meets: why it is refused whoever asks (place: for what
-- it names; refusal: for that or the plan's state and period), what its user received last, the receipt of its
-- request_id, and whether anybody of the batch has two names. The plan is locked.
create or replace function sendplan_receive_match(p_plan sendplan, p_commands jsonb)
returns sendplan_receive_asked
language plpgsql as $$
declare
  asked sendplan_receive_asked;
begin
  select array_agg(d.at order by d.n), array_agg(d.place order by d.n),
    array_agg(case when d.place <> 0 then d.place when p_plan.status <> 1 then 1007
      when d.at < p_plan.start_time then 1005 when period_over(p_plan.end_time, d.at) then 1006
      else 0 end order by d.n),
    array_agg(d.circle_content order by d.n), array_agg(d.user_hash order by d.n),
    array_agg(d.user_sealed order by d.n), array_agg(d.request_id order by d.n),
    array_agg(case when d.request_id is not null then d.request_place end order by d.n),
    array_agg(d.draw order by d.n), array_agg(d.user_place order by d.n), array_agg(d.also order by d.n),
    array_agg(last.user_ordinal order by d.n), array_agg(last.receive_day order by d.n),
    array_agg(last.day_ordinal order by d.n), array_agg(stored.receipt_id order by d.n),
    array_agg(stored.user_hash order by d.n), array_agg(stored.same order by d.n),
    bool_or(d.also is not null or linked.found is not null)
  into asked
  from (
    select c.n, to_timestamp(c.at / 1000.0) as at, c.isv_id, c.circle_id, c.circle_content, c.user_hash, c.also,
      c.user_sealed, c.request_id, c.draw, dense_rank() over (order by c.user_hash) as user_place,
      dense_rank() over (order by c.request_id) as request_place,
      case
        when isv.known is null then 1001
        when circle.circle_contents is null then 1002
        when circle.circle_contents <> '{}' and c.circle_content <> all (circle.circle_contents) then 1003
        when c.isv_id is distinct from p_plan.isv_id or c.circle_id is distinct from p_plan.circle_id then 1004
        else 0 end as place
    from rows from (jsonb_to_recordset(p_commands) as (at bigint, isv_id bigint, circle_id bigint, circle_content text,
      user_hash text, also jsonb, user_sealed text, request_id text, draw float8)) with ordinality
      as c (at, isv_id, circle_id, circle_content, user_hash, also, user_sealed, request_id, draw, n)
    left join lateral (
      select true as known from sendplan_isv v where v.isv_id = c.isv_id limit 1
    ) isv on true
    left join lateral (
      select k.circle_contents from sendplan_circle k where k.isv_id = c.isv_id and k.circle_id = c.circle_id limit 1
    ) circle on true
  ) d
  left join lateral (
    select true as found from sendplan_person x where x.user_hash = decode(d.user_hash, 'hex') limit 1
  ) linked on true
  left join lateral (
    select s.user_ordinal, s.receive_day, s.day_ordinal from sendplan_receipt s
    where s.plan_id = p_plan.id and s.user_hash = decode(d.user_hash, 'hex') order by s.user_ordinal desc limit 1
  ) last on true
  left join lateral (
    select s.receipt_id, encode(s.user_hash, 'hex') as user_hash, s.circle_content = d.circle_content
        and p_plan.isv_id = d.isv_id and p_plan.circle_id = d.circle_id as same
    from sendplan_receipt s where s.plan_id = p_plan.id and s.request_id = d.request_id limit 1
  ) stored on true;
  return asked;
end $$;
