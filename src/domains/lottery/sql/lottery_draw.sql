-- Draws for callers of one activity in their order. The last four parameters hold a value for each of them, joined by
-- U+001F, which no parameter of a call may contain (to read JSON takes five times as long): the key of the call, each
-- once for an app; the app; the user; and a random whole number from 0 to below 2^48. p_now: the instant of all these
-- calls, which lie in one second. Run again with the same callers it changes nothing and tells the same wins.
-- p_fresh: the caller takes all keys for new ones. They are then looked up only if not all calls win, and where one is
-- not new the unique key refuses the whole: run it again with p_fresh false.
-- Returns {"return_code": […], "won": […], "prize_no": […], "reward_no": {prize: reward}, "known": count, "wins":
-- [{"n", "result_code", "reward_no", "granted_at", "codes"}, …]}. return_code: one for each call, null when all are 0.
-- won: the numbers, from 1, of the calls that win now, null for all of them; prize_no: what each wins, null without
-- prizes. known: keys that were not new. wins: what else is to be told of wins, those that stood already and those
-- with codes; granted_at in epoch milliseconds, codes in hexadecimal digits. Any other win is complete and of p_now.
-- The settings hold for everything that it calls, and for the checks of foreign keys that it sets off: an index that
-- is no tree gives ranges of the table, which may be all of it, and a draw that comes alone would be planned anew each
-- time, to the same end.
create or replace function lottery_draw(p_platform bigint, p_spread_id text, p_now timestamptz, p_out_biz_ids text,
  p_app_keys text, p_mix_user_ids text, p_rolls text, p_fresh boolean)
returns json
language plpgsql set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
begin
  perform lottery_lock(p_spread_id);
  return coalesce(
    case when p_fresh then lottery_draw_plenty(p_platform, p_spread_id, p_now, p_out_biz_ids, p_app_keys,
      p_mix_user_ids, p_rolls) end,
    lottery_draw_each(p_platform, p_spread_id, p_now, p_out_biz_ids, p_app_keys, p_mix_user_ids, p_rolls, p_fresh));
end $$;
