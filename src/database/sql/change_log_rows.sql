-- Rows of a table as a JSON array: those with these values in the columns named. In the order of the primary key, or
-- first by where a column's value stands in a list: p_order is {column: [value, …]}. Held until commit where p_hold
-- says so, always in the order of the key.
create or replace function change_log_rows(p_table regclass, p_key jsonb, p_hold boolean, p_order jsonb)
returns jsonb
language plpgsql as $$
declare
  found jsonb;
  by_key text;
  by_list text;
begin
  select string_agg(quote_ident(a.attname), ', ' order by array_position(i.indkey::int2[], a.attnum)) into by_key
  from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
  where i.indrelid = p_table and i.indisprimary;
  if not p_hold then
    select format('array_position(%L::text[], %I::text), ', array(select jsonb_array_elements_text(o.value)), o.key)
    into by_list from jsonb_each(p_order) o;
  end if;
  execute format(
    'select coalesce(jsonb_agg(to_jsonb(t)), ''[]'') from (select * from %s where %s order by %s%s %s) t', p_table,
    (select string_agg(format('%I = %L', c.key, c.value), ' and ') from jsonb_each_text(p_key) c),
    by_list, by_key, case when p_hold then 'for no key update' end) into found;
  return found;
end $$;
