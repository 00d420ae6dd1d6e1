-- Refuses to change what a database is marked, sandbox or production: that is for good.
create or replace function schema_kind_stays()
returns trigger
language plpgsql as $$
begin
  raise exception 'what a database is marked is never changed';
end $$;
