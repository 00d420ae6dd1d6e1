-- Takes one attempt back from its guessers, since it was right; locked in the order in which attempts lock them.
create or replace function platform_operator_take_back(p_guessers bytea[])
returns void
language plpgsql set enable_seqscan = off as $$
begin
  perform 1 from platform_operator_guess where guesser = any (p_guessers) order by guesser for update;
  update platform_operator_guess set failures = greatest(failures - 1, 0), locked_until = null
    where guesser = any (p_guessers);
end $$;
