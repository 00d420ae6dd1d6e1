-- Enters wins and takes them off their segment and prizes. p_won: the numbers of the callers who win; p_prizes: what
-- each wins. A key that another activity of the platform was given at this moment is refused here too, by the unique
-- key.
create or replace function lottery_enter_wins(p_platform bigint, p_spread_id text, p_now timestamptz, p_keys text[],
  p_apps text[], p_users text[], p_won integer[], p_prizes integer[], p_segment_no integer, p_limited boolean)
returns void
language plpgsql as $$
begin
  insert into lottery_grant (platform, out_biz_id, app_key, spread_id, mix_user_id, segment_no, reward_no, result_code,
    granted_at, limited)
  select p_platform, p_keys[w.n], p_apps[w.n], p_spread_id, p_users[w.n], p_segment_no, p.reward_no,
    case when p.code_count > 0 then 3 else 1 end, p_now, p_limited
  from unnest(p_won, p_prizes) as w (n, prize_no)
  left join (
    select p.prize_no, r.reward_no, r.code_count
    from lottery_prize p join lottery_reward r using (platform, spread_id, reward_no)
    where p.platform = p_platform and p.spread_id = p_spread_id
  ) p on p.prize_no = w.prize_no;
  update lottery_segment s set consumed_win_times = s.consumed_win_times + cardinality(p_won)
    where s.platform = p_platform and s.spread_id = p_spread_id and s.segment_no = p_segment_no;
  update lottery_prize p set consumed_count = p.consumed_count + w.wins
    from (select d.prize_no, count(*) as wins from unnest(p_prizes) as d (prize_no) group by 1) w
    where p.platform = p_platform and p.spread_id = p_spread_id and p.prize_no = w.prize_no;
end $$;
