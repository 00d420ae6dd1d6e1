-- Makes the partition of the day (GMT+8) that holds an instant. Safe when several processes do it at once.
create or replace function platform_call_log_partition(p_at timestamptz)
returns void
language plpgsql as $$
declare
  day date := (p_at at time zone interval '08:00')::date;
  name text := 'platform_call_log_' || to_char(day, 'YYYYMMDD');
begin
  if to_regclass(name) is not null then return; end if;
  perform pg_advisory_xact_lock(hashtext('platform_call_log'));
  execute format('create table if not exists %I partition of platform_call_log for values from (%L) to (%L)',
    name, day::timestamp at time zone interval '08:00', (day + 1)::timestamp at time zone interval '08:00');
end $$;
