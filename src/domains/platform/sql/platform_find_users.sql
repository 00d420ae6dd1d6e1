-- Users by their ids and by their nicks.
create or replace function platform_find_users(p_user_ids bigint[], p_nicks text[])
returns table (user_id bigint, nick text)
language plpgsql stable set enable_seqscan = off as $$
begin
  return query
  select u.user_id, u.nick from unnest(p_user_ids) k
  cross join lateral (select * from platform_user x where x.user_id = k limit 1) u
  union all
  select u.user_id, u.nick from unnest(p_nicks) k
  cross join lateral (select * from platform_user x where x.nick = k limit 1) u;
end $$;
