-- What of an activity that is to be saved is over already and was not so before: segment-over, prize-over or
-- batch-over; null when nothing is. What is over and stays as it is may be saved along.
create or replace function lottery_over(p_activity jsonb, p_now timestamptz)
returns text
language plpgsql as $$
declare
  given_spread_id text := p_activity ->> 'spread_id';
begin
  perform lottery_lock(given_spread_id);
  if exists (
    select from jsonb_populate_recordset(null::lottery_segment, coalesce(p_activity -> 'segments', '[]')) s
    where period_over(s.end_time, p_now) and s.end_time is distinct from (
      select x.end_time from lottery_segment x where x.spread_id = given_spread_id and x.segment_no = s.segment_no)
  ) then
    return 'segment-over';
  end if;
  return (
    select case when period_over(r.gmt_expire, p_now) and r.gmt_expire is distinct from had.gmt_expire then 'prize-over'
      when period_over(b.coupon_expire_time, p_now) and r.mix_id is distinct from had.mix_id
        then 'batch-over' end as refusal
    from jsonb_populate_recordset(null::lottery_reward, coalesce(p_activity -> 'prizes', '[]')) r
    left join voucher_batch b on b.mix_id = r.mix_id
    left join lottery_prize p on p.spread_id = given_spread_id and p.prize_no = r.prize_no
    left join lottery_reward had on had.platform = p.platform and had.spread_id = p.spread_id
      and had.reward_no = p.reward_no
    order by refusal nulls last limit 1);
end $$;
