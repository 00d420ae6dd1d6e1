-- Brings the codes that wins lack and notes those that still lack some. A win whose batch has none now stays 3; with a
-- batch that is gone or expired it is 4.
create or replace function lottery_issue_codes(p_platform bigint, p_out_biz_ids text[], p_app_keys text[],
  p_now timestamptz)
returns void
language plpgsql as $$
declare
  batch record;
  outcome smallint;
  win_spread_id text;
  win_granted_at timestamptz;
begin
  for batch in
    select r.mix_id, array_agg(k.out_biz_id order by k.n) as out_biz_ids, array_agg(k.app_key order by k.n) as app_keys,
      jsonb_agg(jsonb_build_object('count', r.code_count - had.codes, 'ref', 'lottery ' || k.out_biz_id,
        'user', g.mix_user_id, 'partial', true) order by k.n) as takes
    from unnest(p_out_biz_ids, p_app_keys) with ordinality as k (out_biz_id, app_key, n)
    cross join lateral (
      select x.spread_id, x.reward_no, x.mix_user_id, x.result_code, x.invalid_at from lottery_grant x
      where x.platform = p_platform and x.out_biz_id = k.out_biz_id and x.app_key = k.app_key limit 1
    ) g
    cross join lateral (
      select x.mix_id, x.code_count from lottery_reward x
      where x.platform = p_platform and x.spread_id = g.spread_id and x.reward_no = g.reward_no limit 1
    ) r
    cross join lateral (
      select count(*) as codes from lottery_grant_code c
      where c.platform = p_platform and c.out_biz_id = k.out_biz_id and c.app_key = k.app_key
    ) had
    where g.result_code = 3 and g.invalid_at is null
    group by r.mix_id order by r.mix_id
  loop
    insert into lottery_grant_code (platform, out_biz_id, app_key, sequence, mix_id, code_hash, code_sealed)
      select p_platform, batch.out_biz_ids[i.take_no], batch.app_keys[i.take_no], i.sequence, batch.mix_id,
        voucher_handle_hash(i.code_sealed), voucher_handle_rest(i.code_sealed)
      from voucher_issue_many(batch.mix_id, batch.takes, p_now) i;
    -- One by one: no statement over all of them leaves the planner no choice.
    for i in 1 .. cardinality(batch.out_biz_ids) loop
      update lottery_grant g set result_code = case
        when (
          select count(*) from lottery_grant_code c
          where c.platform = p_platform and c.out_biz_id = batch.out_biz_ids[i] and c.app_key = batch.app_keys[i]
        ) = (
          select r.code_count from lottery_reward r
          where r.platform = p_platform and r.spread_id = g.spread_id and r.reward_no = g.reward_no
        ) then 1
        when not period_over(voucher_ends(batch.mix_id), p_now) then 3
        else 4 end
        where g.platform = p_platform and g.out_biz_id = batch.out_biz_ids[i] and g.app_key = batch.app_keys[i]
        returning g.result_code, g.spread_id, g.granted_at into outcome, win_spread_id, win_granted_at;
      if outcome <> 1 then
        insert into lottery_lacking (platform, spread_id, granted_at, out_biz_id, app_key)
          values (p_platform, win_spread_id, win_granted_at, batch.out_biz_ids[i],
            batch.app_keys[i]) on conflict do nothing;
      end if;
    end loop;
  end loop;
end $$;
