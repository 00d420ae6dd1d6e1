-- The sends that bear a key, one a seller at most.
create or replace function benefit_find_sends(p_unique_id text)
returns setof benefit_send
language plpgsql stable set enable_seqscan = off as $$
begin
  return query
  select s.* from benefit_seller seller cross join lateral (
    select * from benefit_send x
    where x.user_id = seller.user_id and x.unique_id between p_unique_id and p_unique_id order by x.unique_id limit 1
  ) s;
end $$;
