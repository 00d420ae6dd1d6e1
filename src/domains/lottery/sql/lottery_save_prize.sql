-- Makes a prize of an activity or changes it, with a reward of its own for every other content; the activity's lock is
-- held.
create or replace function lottery_save_prize(p_platform bigint, p_spread_id text, p_prize jsonb, p_now timestamptz)
returns void
language plpgsql as $$
declare
  given lottery_prize := jsonb_populate_record(null::lottery_prize, p_prize);
  reward lottery_reward := jsonb_populate_record(null::lottery_reward, p_prize);
  present lottery_prize;
  present_reward lottery_reward;
begin
  select * into present from lottery_prize p
    where p.platform = p_platform and p.spread_id = p_spread_id and p.prize_no = given.prize_no;
  select * into present_reward from lottery_reward r
    where r.platform = p_platform and r.spread_id = p_spread_id and r.reward_no = present.reward_no;
  reward.platform := p_platform;
  reward.spread_id := p_spread_id;
  reward.code_count := coalesce(reward.code_count, 0);
  reward.reward_no := present_reward.reward_no;
  if reward is distinct from present_reward then
    reward.reward_no := (select coalesce(max(r.reward_no), 0) + 1 from lottery_reward r
      where r.platform = p_platform and r.spread_id = p_spread_id);
    insert into lottery_reward select reward.*;
  end if;
  if present.prize_no is not null then
    if not lottery_is_known_stock(p_platform, p_spread_id, 'total_count', given.prize_no, given.total_count,
        present.total_count) then
      raise exception using errcode = 'PQ001', message = 'stock-by-adjust-only';
    end if;
    update lottery_prize p set weight = given.weight, reward_no = reward.reward_no
      where p.platform = p_platform and p.spread_id = p_spread_id and p.prize_no = given.prize_no;
    return;
  end if;
  insert into lottery_prize (platform, spread_id, prize_no, weight, total_count, reward_no)
    values (p_platform, p_spread_id, given.prize_no, given.weight, given.total_count, reward.reward_no);
  if given.total_count is not null then
    perform lottery_enter_opening(p_platform, p_spread_id, 'total_count', given.prize_no, given.total_count, p_now);
  end if;
end $$;
