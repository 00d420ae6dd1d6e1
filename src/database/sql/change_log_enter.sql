-- Enters what has become of rows that change_log_hold gave, one entry a row that differs. p_writer: {actor, method,
-- request_id, at}. Binary columns, which hold secrets, hashes and sealed texts, stay out.
create or replace function change_log_enter(p_writer jsonb, p_things jsonb, p_held jsonb)
returns void
language plpgsql as $$
declare
  thing regclass;
  hidden text[];
begin
  for i in 0 .. jsonb_array_length(p_things) - 1 loop
    thing := p_things -> i ->> 0;
    select coalesce(array_agg(a.attname::text), '{}') into hidden from pg_attribute a
    where a.attrelid = thing and a.atttypid = 'bytea'::regtype and a.attnum > 0 and not a.attisdropped;
    insert into change_log (changed_at, actor, method, request_id, action, thing, thing_key, changed, before, after)
    select (p_writer ->> 'at')::timestamptz, p_writer ->> 'actor', p_writer ->> 'method', p_writer ->> 'request_id',
      case when o.row is null then 'insert' when n.row is null then 'delete' else 'update' end, thing::text, key,
      case when o.row is not null and n.row is not null then (
        select array_agg(x.key order by x.key) from jsonb_each(n.row) x join jsonb_each(o.row) y using (key)
        where x.value <> y.value
      ) end, o.row - hidden, n.row - hidden
    from (
      select r.row, r.no, change_log_key(thing, r.row) as key
      from jsonb_array_elements(p_held -> i) with ordinality r (row, no)
    ) o
    full join (
      select r.row, r.no, change_log_key(thing, r.row) as key
      from jsonb_array_elements(change_log_rows(thing, p_things -> i -> 1, false, p_things -> i -> 2))
        with ordinality r (row, no)
    ) n using (key)
    where o.row is distinct from n.row order by n.no nulls first, o.no;
  end loop;
end $$;
