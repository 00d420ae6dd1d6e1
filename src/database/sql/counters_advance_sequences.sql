-- Moves every sequence of the schema ahead. Numbers of projects are few and scarce: they lead order and ticket
-- numbers.
create or replace function counters_advance_sequences(p_numbers bigint)
returns table (counter text, key text, skipped bigint)
language plpgsql as $$
declare
  found record;
begin
  for found in select sequencename, max_value, last_value from pg_sequences where schemaname = current_schema
    order by 1 loop
    counter := found.sequencename;
    key := '';
    skipped := least(case when counter = 'ticketing_project_project_no_seq' then 1000 else p_numbers end, p_numbers,
      found.max_value - coalesce(found.last_value, 0));
    perform setval(quote_ident(counter)::regclass, coalesce(found.last_value, 0) + skipped) where skipped > 0;
    return next;
  end loop;
end
$$;
