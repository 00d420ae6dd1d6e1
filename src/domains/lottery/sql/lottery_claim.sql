-- Claims keys of apps whose home is p_platform (the distribution column) for draws in other channels, in their order.
-- p_claims: [[out_biz_id, app_key, platform, spread_id], …]. Gives a business code for each: 0 when the key is that
-- channel's, now or since before; 200011 when it is a win at home or of a third channel; else no such activity, and
-- nothing is claimed. A draw at home enters its keys in the order of its callers and may wait for a claim that waits
-- for it: the claim gives way soon (55P03) and is made again, before the server looks for who blocks whom.
create or replace function lottery_claim(p_platform bigint, p_claims jsonb, p_now timestamptz)
returns integer[]
language plpgsql set enable_seqscan = off set lock_timeout = '100ms' as $$
begin
  -- Sorted, so that two processes that claim the same keys do not wait for each other.
  insert into lottery_grant (platform, out_biz_id, app_key, spread_id, mix_user_id, segment_no, result_code, granted_at,
      limited, claimed_platform)
    select p_platform, c ->> 0, c ->> 1, '', '', 0, 0, p_now, false, a.platform
    from jsonb_array_elements(p_claims) with ordinality as x (c, n)
    join lottery_activity a on a.spread_id = c ->> 3 and a.platform = (c ->> 2)::bigint
    order by (c ->> 0) collate "C", (c ->> 1) collate "C", n
    on conflict do nothing;
  return array(
    select case (
      select g.claimed_platform is not distinct from (c ->> 2)::bigint from lottery_grant g
      where g.platform = p_platform and g.out_biz_id = c ->> 0 and g.app_key = c ->> 1
    ) when true then 0 when false then 200011 else coalesce((
      select 200002 from lottery_activity a where a.spread_id = c ->> 3 and a.platform <> (c ->> 2)::bigint),
        200001) end
    from jsonb_array_elements(p_claims) with ordinality as x (c, n) order by n);
end $$;
