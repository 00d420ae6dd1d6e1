-- The codes that the batches of an activity's prizes can give to so many wins: {batch: codes}; null when none brings
-- codes.
create or replace function lottery_codes(p_platform bigint, p_spread_id text, p_now timestamptz, p_wins integer)
returns jsonb
language plpgsql stable as $$
begin
  return (
    select jsonb_object_agg(w.mix_id, voucher_givable(w.mix_id, w.most * p_wins, p_now))
    from (
      select r.mix_id, max(r.code_count)::bigint as most
      from lottery_prize p join lottery_reward r using (platform, spread_id, reward_no)
      where p.platform = p_platform and p.spread_id = p_spread_id and p.weight > 0 and r.mix_id is not null
      group by r.mix_id
    ) w
  );
end $$;
