-- Writes a changed row into the log. Who changes it stands in the setting piaoquan.writer of the transaction, as JSON
-- {actor, method, request_id, at}.
create or replace function change_log_row()
returns trigger
language plpgsql as $$
declare
  writer jsonb := nullif(current_setting('piaoquan.writer', true), '')::jsonb;
  old_row jsonb := to_jsonb(old);
  new_row jsonb := to_jsonb(new);
  any_row jsonb := coalesce(new_row, old_row);
  columns text[];
  hidden text[];
  key text;
begin
  if old_row = new_row then
    return null;
  end if;
  if tg_op = 'UPDATE' then
    select array_agg(n.key order by n.key) into columns
      from jsonb_each(new_row) n join jsonb_each(old_row) o using (key) where n.value <> o.value;
  end if;
  select coalesce(array_agg(a.attname::text), '{}') into hidden from pg_attribute a
    where a.attrelid = tg_relid and a.atttypid = 'bytea'::regtype and a.attnum > 0 and not a.attisdropped;
  select string_agg(
      case when a.attname = any (hidden) then substr(any_row ->> a.attname, 3, 12) else any_row ->> a.attname end,
      '/' order by array_position(i.indkey::int2[], a.attnum)) into key
    from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
    where i.indrelid = tg_relid and i.indisprimary;
  insert into change_log (changed_at, actor, method, request_id, action, thing, thing_key, changed, before, after)
  values (coalesce((writer ->> 'at')::timestamptz, clock_timestamp()), coalesce(writer ->> 'actor', 'system'),
    writer ->> 'method', writer ->> 'request_id', lower(tg_op), tg_table_name, key, columns,
    old_row - hidden, new_row - hidden);
  return null;
end $$;
