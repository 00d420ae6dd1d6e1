-- Drops the partitions of days that ended before an instant; returns how many.
create or replace function platform_call_log_drop_before(p_before timestamptz)
returns int
language plpgsql as $$
declare
  last_day text := to_char((p_before at time zone interval '08:00')::date, 'YYYYMMDD');
  name text;
  dropped int := 0;
begin
  perform pg_advisory_xact_lock(hashtext('platform_call_log'));
  for name in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'platform_call_log'::regclass and c.relname < 'platform_call_log_' || last_day
  loop
    execute format('drop table %I', name);
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;
