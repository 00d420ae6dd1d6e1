-- The wins of an activity that stand and lack codes, with the batch that owes them.
create or replace function lottery_find_lacking(p_platform bigint, p_spread_id text)
returns table (granted_at timestamptz, out_biz_id text, app_key text, mix_id text)
language plpgsql stable as $$
begin
  return query
  select l.granted_at, l.out_biz_id, l.app_key, r.mix_id
  from lottery_lacking l cross join lateral (
    select x.reward_no from lottery_grant x
    where x.platform = l.platform and x.out_biz_id = l.out_biz_id and x.app_key = l.app_key
      and x.result_code <> 1 and x.invalid_at is null limit 1
  ) g cross join lateral (
    select x.mix_id from lottery_reward x
    where x.platform = l.platform and x.spread_id = l.spread_id and x.reward_no = g.reward_no limit 1
  ) r
  where l.platform = p_platform and l.spread_id = p_spread_id;
end $$;
