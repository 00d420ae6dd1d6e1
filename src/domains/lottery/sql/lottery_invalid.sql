-- Voids wins of one activity in their order and gives each back to its segment and prize. p_commands: [[out_biz_id,
-- app_key, mix_user_id], …]; returns a business code for each. Run again it changes nothing. The batches of all codes
-- are locked first, in the order of their ids as draws lock them: two activities whose prizes share batches would wait
-- for each other (docs/concepts/locking.md).
create or replace function lottery_invalid(p_platform bigint, p_spread_id text, p_now timestamptz, p_commands jsonb)
returns integer[]
language plpgsql set enable_seqscan = off as $$
declare
  own_platform bigint;
begin
  perform lottery_lock(p_spread_id);
  select a.platform into own_platform from lottery_activity a where a.spread_id = p_spread_id;
  perform voucher_hold(array(
    select distinct code.mix_id from jsonb_array_elements(p_commands) as c cross join lateral (
      select x.mix_id from lottery_grant_code x
      where x.platform = p_platform and x.out_biz_id = c ->> 0 and x.app_key = c ->> 1 offset 0
    ) code));
  return array(
    select case when own_platform is null then 200001 when own_platform <> p_platform then 200002
      else lottery_invalid_one(p_platform, p_spread_id, p_now, c.value ->> 0, c.value ->> 1, c.value ->> 2) end
    from jsonb_array_elements(p_commands) with ordinality as c (value, n) order by c.n);
end $$;
