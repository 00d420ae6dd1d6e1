-- The sellers of activities.
create or replace function benefit_find_sellers(p_relation_ids bigint[])
returns table (relation_id bigint, user_id bigint)
language plpgsql stable set enable_seqscan = off as $$
begin
  return query
  select k, a.user_id from unnest(p_relation_ids) k
  cross join lateral (select x.user_id from benefit_activity x where x.relation_id = k offset 0) a;
end $$;
