-- The seconds for which one of these guessers is locked; null when none is.
create or replace function platform_operator_wait(p_guessers bytea[], p_now timestamptz)
returns integer
language plpgsql stable set enable_seqscan = off as $$
begin
  return (select ceil(extract(epoch from max(g.locked_until) - p_now)) from platform_operator_guess g
    where g.guesser = any (p_guessers) and g.locked_until > p_now);
end $$;
