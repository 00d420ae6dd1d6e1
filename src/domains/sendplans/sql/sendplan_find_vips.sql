-- Whether each source sells such memberships, and whether the user has one that renews itself, in the order of the
-- keys.
create or replace function sendplan_find_vips(p_keys jsonb)
returns table (known boolean, renewing boolean)
language plpgsql stable set enable_seqscan = off as $$
begin
  return query
  select count(biz.biz_code) > 0, coalesce(bool_or(vip.renewing), false)
  from rows from (jsonb_to_recordset(p_keys) as (source text, perform_type smallint, member_hash text, second bigint))
    with ordinality as asked (source, perform_type, member_hash, second, position)
  left join lateral (
    select x.biz_code from sendplan_biz x where x.source = asked.source and x.perform_type = asked.perform_type offset 0
  ) biz on true
  left join lateral (
    select x.renewing from sendplan_vip x
    where x.biz_code = biz.biz_code and x.member_hash = decode(asked.member_hash, 'hex')
      and to_timestamp(asked.second) >= x.start_time and to_timestamp(asked.second) < x.end_time limit 1
  ) vip on true
  group by asked.position order by asked.position;
end $$;
