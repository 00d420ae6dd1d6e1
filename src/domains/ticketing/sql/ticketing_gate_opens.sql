-- From when on the gates of an event let in.
create or replace function ticketing_gate_opens(p_event ticketing_event)
returns timestamptz
language sql stable as $$
  select coalesce((p_event).gate_open_time, date_trunc('day', (p_event).event_show_start_time, 'Asia/Shanghai'))
$$;
