-- Moves every counter ahead from which something is derived that was handed out: numbers by p_numbers, codes of each
-- batch by p_codes. Gives each counter with how far it was moved.
create or replace function counters_advance(p_numbers bigint, p_codes bigint, p_at timestamptz)
returns table (counter text, key text, skipped bigint)
language plpgsql as $$
begin
  -- Servers compare it with what they keep of apps and limits.
  update platform_config_version set version = version + p_numbers;
  return query
    with moved as materialized (
      select 'platform_config_version.version' as counter, '' as key, p_numbers as skipped
      union all select s.* from counters_advance_sequences(p_numbers) s
      union all select p.* from ticketing_advance_counters(p_numbers) p
      union all select b.* from voucher_advance_counters(p_numbers, p_codes, p_at) b
    ), entered as (
      insert into counter_skip (counter, key, skipped, skipped_at)
      select m.counter, m.key, m.skipped, p_at from moved m where m.skipped > 0 returning 1
    )
    select m.* from moved m where m.skipped > 0;
end
$$;
