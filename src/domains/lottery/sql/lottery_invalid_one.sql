-- Voids one win; 0 when it is void then, or the business code of the refusal.
create or replace function lottery_invalid_one(p_platform bigint, p_spread_id text, p_now timestamptz,
  p_out_biz_id text, p_app_key text, p_mix_user_id text)
returns integer
language plpgsql as $$
declare
  win lottery_grant;
  brought record;
begin
  select * into win from lottery_grant g
    where g.platform = p_platform and g.out_biz_id = p_out_biz_id and g.app_key = p_app_key;
  if not found then return 200013; end if;
  if win.spread_id <> p_spread_id or win.mix_user_id <> p_mix_user_id then return 200011; end if;
  if win.invalid_at is not null then return 0; end if;
  update lottery_grant g set invalid_at = p_now
    where g.platform = p_platform and g.out_biz_id = p_out_biz_id and g.app_key = p_app_key;
  update lottery_segment s set consumed_win_times = s.consumed_win_times - 1
    where s.platform = p_platform and s.spread_id = p_spread_id and s.segment_no = win.segment_no;
  update lottery_prize p set consumed_count = p.consumed_count - 1 from lottery_reward r
    where r.platform = p_platform and r.spread_id = p_spread_id and r.reward_no = win.reward_no
      and p.platform = p_platform and p.spread_id = p_spread_id and p.prize_no = r.prize_no;
  for brought in
    select c.mix_id, array_agg(c.sequence) as sequences from lottery_grant_code c
    where c.platform = p_platform and c.out_biz_id = p_out_biz_id and c.app_key = p_app_key group by c.mix_id
  loop
    perform voucher_void(brought.mix_id, brought.sequences, p_now);
    -- voucher_void has locked the batch: a code that is not consumed now stays so.
    if voucher_has_consumed(brought.mix_id, brought.sequences) then
      raise exception using errcode = 'PQ014', message = 'a code of the win is consumed';
    end if;
  end loop;
  return 0;
exception when sqlstate 'PQ014' then
  return 200014;
end $$;
