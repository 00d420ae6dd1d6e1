-- Counts an attempt to log in against all its guessers, unless one of them is locked: then nothing is counted and no
-- row is left, since each name that a locked address makes up would have one of its own. The attempt that reaches a
-- limit is still judged and locks what follows. Returns the seconds to wait, 0 when the attempt may go on.
create or replace function platform_operator_attempt(p_guessers bytea[], p_limits integer[], p_seconds integer,
  p_now timestamptz)
returns integer
language plpgsql set enable_seqscan = off as $$
declare
  span interval := make_interval(secs => p_seconds);
  wait integer := platform_operator_wait(p_guessers, p_now);
begin
  if wait is not null then
    return wait;
  end if;
  delete from platform_operator_guess g where g.window_start < p_now - interval '1 day';
  -- Locked in one order by everybody.
  insert into platform_operator_guess (guesser, failures, window_start)
    select guesser, 0, p_now from unnest(p_guessers) guesser order by guesser on conflict do nothing;
  perform 1 from platform_operator_guess where guesser = any (p_guessers) order by guesser for update;
  wait := platform_operator_wait(p_guessers, p_now);
  if wait is not null then
    return wait;
  end if;
  update platform_operator_guess g
    set failures = 0, window_start = p_now
    where g.guesser = any (p_guessers) and (g.locked_until is not null or g.window_start <= p_now - span);
  update platform_operator_guess g
    set failures = g.failures + 1,
      locked_until = case when g.failures + 1 >= p_limits[array_position(p_guessers, g.guesser)] then p_now + span end
    where g.guesser = any (p_guessers);
  return 0;
end $$;
