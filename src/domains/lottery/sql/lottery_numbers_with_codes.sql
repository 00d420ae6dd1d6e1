-- Which of the calls that win bring codes.
create or replace function lottery_numbers_with_codes(p_platform bigint, p_spread_id text, p_won integer[],
  p_prizes integer[])
returns integer[]
language plpgsql stable as $$
declare
  bring integer[] := array(
    select p.prize_no from lottery_prize p join lottery_reward r using (platform, spread_id, reward_no)
    where p.platform = p_platform and p.spread_id = p_spread_id and r.code_count > 0);
begin
  if bring = '{}' then return bring; end if;
  return array(select w.n from unnest(p_won, p_prizes) as w (n, prize_no) where w.prize_no = any (bring) order by w.n);
end $$;
