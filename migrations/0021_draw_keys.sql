-- The key of a draw is one for an app, also over channels. Wins stand with their channel, the distribution column, so that a
-- draw finds key, stock and receipt in one place; what is drawn in two channels would never meet. So each app has a home, the
-- channel of its first draw, and a draw in any other channel claims its key at home beforehand, under the very primary key of
-- the wins there: a win and a claim exclude each other, and draws at home do nothing for it.
create table lottery_home (
  app_key text collate "C" primary key,
  platform bigint not null
);
comment on table lottery_home is
  'The channel in which an app drew first, where its keys are claimed for all others. Small, rows never change.';

alter table lottery_grant
  add column claimed_platform bigint,
  drop constraint lottery_grant_result_code_check,
  -- Without activity and user a claim is met by its key alone, never by who reads the wins of an activity or a user.
  add constraint lottery_grant_win_or_claim_check check (case when claimed_platform is null then result_code in (1, 3, 4)
    else result_code = 0 and claimed_platform <> platform and spread_id = '' and mix_user_id = '' end);
comment on table lottery_grant is
  'Every win, the receipt of a draw and the ledger of what draws take; written under the lock of its activity. mix_user_id: the partner''s open id, or mask and keyed hash of a phone number. reward_no: null in an activity without prizes. result_code: 1 all issued, 3 codes are missing and a retry may bring them, 4 codes are missing for good. limited: counts for a limit per user. invalid_at: when it was voided; a voided win counts nowhere. claimed_platform: null for a win; else the row is no win but says that the key of the app, whose home is platform, is for draws in that other channel, since granted_at and for good.';

-- From before, the home of an app is where it has most wins, and a key with wins in several channels is that of its win at
-- home, or of its oldest one.
insert into lottery_home (app_key, platform)
  select distinct on (app_key) app_key, platform
  from (select app_key, platform, count(*) as wins from lottery_grant group by app_key, platform) w
  order by app_key, wins desc, platform;
insert into lottery_grant (platform, out_biz_id, app_key, spread_id, mix_user_id, segment_no, result_code, granted_at, limited,
    claimed_platform)
  select h.platform, g.out_biz_id, g.app_key, '', '', 0, 0, g.granted_at, false, g.platform
  from lottery_grant g join lottery_home h on h.app_key = g.app_key and h.platform <> g.platform
  order by g.granted_at, g.platform
  on conflict do nothing;

-- The homes of the apps of some draws: [[app_key, platform, spread_id], …]. An app without one gets it by the first of them
-- that names an activity of its channel. Returns [{"platform", "return_code"}, …]; without home, why such a draw is refused.
create function lottery_homes(p_draws jsonb) returns json language plpgsql as $$
begin
  -- Sorted, so that two processes that enter the same apps do not wait for each other.
  insert into lottery_home (app_key, platform)
    select d ->> 0, a.platform
    from jsonb_array_elements(p_draws) with ordinality as x (d, n)
    join lottery_activity a on a.spread_id = d ->> 2 and a.platform = (d ->> 1)::bigint
    order by (d ->> 0) collate "C", n
    on conflict do nothing;
  return (
    select json_agg(json_build_object('platform', h.platform, 'return_code', case when h.platform is not null then 0
      when a.platform <> (d ->> 1)::bigint then 200002 else 200001 end) order by n)
    from jsonb_array_elements(p_draws) with ordinality as x (d, n)
    left join lottery_home h on h.app_key = d ->> 0
    left join lottery_activity a on a.spread_id = d ->> 2);
end $$;

-- Claims keys of apps whose home is p_platform (the distribution column) for draws in other channels, in their order.
-- p_claims: [[out_biz_id, app_key, platform, spread_id], …]. Gives a business code for each: 0 when the key is that channel's,
-- now or since before; 200011 when it is a win at home or of a third channel; else no such activity, and nothing is claimed.
-- A draw at home enters its keys in the order of its callers and may wait for a claim that waits for it: the claim gives way
-- soon (55P03) and is made again, before the server looks for who blocks whom.
create function lottery_claim(p_platform bigint, p_claims jsonb, p_now timestamptz) returns integer[]
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
      select 200002 from lottery_activity a where a.spread_id = c ->> 3 and a.platform <> (c ->> 2)::bigint), 200001) end
    from jsonb_array_elements(p_claims) with ordinality as x (c, n) order by n);
end $$;
comment on function lottery_claim is
  'Claims keys of draws at their apps'' home (the distribution column) for other channels; the first claim or win of a key stands.';
