-- The callers of a batch, by their numbers, whose key has a win already, or a claim of another channel; refusal: why
-- that win is not theirs to be told, null where it is. Receipts are looked up one by one by their keys (a lateral
-- subquery with a limit leaves the planner no other way), whatever it knows of the table.
create or replace function lottery_receipts(p_platform bigint, p_spread_id text, p_keys text[], p_apps text[],
  p_users text[])
returns table (n integer, refusal integer)
language plpgsql stable as $$
begin
  return query
    select k.n::integer, case when g.spread_id <> p_spread_id or g.mix_user_id <> p_users[k.n] then 200011
      when g.invalid_at is not null then 200012 end
    from unnest(p_keys, p_apps) with ordinality as k (out_biz_id, app_key, n)
    cross join lateral (
      select x.spread_id, x.mix_user_id, x.invalid_at from lottery_grant x
      where x.platform = p_platform and x.out_biz_id = k.out_biz_id and x.app_key = k.app_key limit 1
    ) g;
end $$;
