-- Lets calls with codes through, or not: in their order, for all processes on this database, so that no more wrong
-- codes are ever answered than allowed. p_calls: [{"caller": text or null, "wrong": n}, …]; p_limits: {"app":
-- {"wrong", "window", "lock"}, "user": {…}}, times in seconds. Gives the seconds that each call must wait, 0 when it
-- may go on. A call that would go over a limit locks its caller and is refused as a whole.
create or replace function voucher_guess_pass(p_app_key text, p_calls jsonb, p_limits jsonb, p_now timestamptz)
returns integer[]
language plpgsql set enable_seqscan = off as $$
declare
  call jsonb; lim jsonb; state jsonb; states jsonb;
  who text;
  wrong_codes integer;
  wait integer; waits integer[] := '{}';
  changed boolean := false;
begin
  -- One at a time for an app; who only names right codes writes nothing. A count lost by a crash within the last half
  -- second is worth less than a disk write.
  perform set_config('synchronous_commit', 'off', true);
  perform pg_advisory_xact_lock(hashtextextended('voucher_guess ' || p_app_key, 0));
  select coalesce(jsonb_object_agg(g.caller, jsonb_build_object('wrong',
      case when g.window_start + make_interval(secs => l.window) > p_now then g.wrong else 0 end,
      'start', case when g.window_start + make_interval(secs => l.window) > p_now then g.window_start else p_now end,
      'until', g.locked_until)), '{}') into states
    from (select '' as caller union select c ->> 'caller' from jsonb_array_elements(p_calls) c) k
    cross join lateral (
      select * from voucher_guess x
      where x.app_key = p_app_key and x.caller between k.caller and k.caller order by x.caller limit 1) g
    cross join lateral (
      select (p_limits -> case g.caller when '' then 'app' else 'user' end ->> 'window')::double precision as window) l;

  for call in select * from jsonb_array_elements(p_calls) loop
    wait := 0;
    foreach who in array array['', call ->> 'caller'] loop
      wait := greatest(wait, ceil(extract(epoch from (states -> who ->> 'until')::timestamptz - p_now))::integer);
    end loop;
    wrong_codes := (call ->> 'wrong')::integer;
    if wait = 0 and wrong_codes > 0 then
      changed := true;
      foreach who in array array['', call ->> 'caller'] loop
        continue when who is null;
        lim := p_limits -> case who when '' then 'app' else 'user' end;
        state := coalesce(states -> who, jsonb_build_object('wrong', 0, 'start', p_now));
        if (state ->> 'wrong')::integer + wrong_codes > (lim ->> 'wrong')::integer then
          wait := greatest(wait, (lim ->> 'lock')::integer);
          state := state || jsonb_build_object('wrong', 0, 'start', p_now,
            'until', p_now + make_interval(secs => (lim ->> 'lock')::integer));
        else
          state := state || jsonb_build_object('wrong', (state ->> 'wrong')::integer + wrong_codes);
        end if;
        states := jsonb_set(states, array[who], state);
      end loop;
    end if;
    waits := waits || wait;
  end loop;

  if changed then
    insert into voucher_guess (app_key, caller, window_start, wrong, locked_until)
      select p_app_key, s.key, (s.value ->> 'start')::timestamptz, (s.value ->> 'wrong')::integer,
        (s.value ->> 'until')::timestamptz
      from jsonb_each(states) s order by s.key
      on conflict (app_key, caller) do update set window_start = excluded.window_start, wrong = excluded.wrong,
        locked_until = excluded.locked_until;
    -- Whoever has kept still for a day is forgotten.
    delete from voucher_guess g where g.app_key = p_app_key
      and g.window_start < p_now - interval '1 day' and coalesce(g.locked_until, p_now) <= p_now;
  end if;
  return waits;
end
$$;
