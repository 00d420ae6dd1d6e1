-- Holds the rows that are about to change until commit, and gives them as they are. p_things: a table, the values of
-- key columns, and the order to tell them in where it is not the key's. Who makes the first row of a key waits for
-- whoever makes it at the same time, and sees it.
create or replace function change_log_hold(p_things jsonb)
returns jsonb
language plpgsql as $$
declare
  thing jsonb;
  held jsonb;
  all_held jsonb := '[]';
begin
  for thing in select * from jsonb_array_elements(p_things) loop
    held := change_log_rows((thing ->> 0)::regclass, thing -> 1, true, null);
    if held = '[]' then
      perform pg_advisory_xact_lock(hashtextextended('change_log ' || thing::text, 0));
      held := change_log_rows((thing ->> 0)::regclass, thing -> 1, true, null);
    end if;
    all_held := all_held || jsonb_build_array(held);
  end loop;
  return all_held;
end $$;
