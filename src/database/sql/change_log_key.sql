-- The primary key of a row joined by /, as the log names it; binary parts are cut to 12 hexadecimal digits.
create or replace function change_log_key(p_table regclass, p_row jsonb)
returns text
language sql stable as $$
  select string_agg(
    case when a.atttypid = 'bytea'::regtype then substr(p_row ->> a.attname, 3, 12) else p_row ->> a.attname end,
    '/' order by array_position(i.indkey::int2[], a.attnum))
  from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
  where i.indrelid = p_table and i.indisprimary
$$;
