import type { Sql } from '../../src/database/pool.ts';

/** A part of the schema as SQL. */
type Part = { text: string };

const types = (sql: Sql): Promise<Part[]> => sql<Part[]>`
  select format(E'create type %s as (\n  %s\n);', c.relname,
    string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), E',\n  ' order by a.attnum)) as text
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
  where c.relkind = 'c' and c.relnamespace = 'public'::regnamespace
  group by c.relname order by c.relname collate "C"`;

/** Sequences of their own; those of identity columns stand with their table. */
const sequences = (sql: Sql): Promise<Part[]> => sql<Part[]>`
  select format('create sequence %s start %s maxvalue %s;', c.relname, s.seqstart, s.seqmax) as text
  from pg_sequence s join pg_class c on c.oid = s.seqrelid
  where c.relnamespace = 'public'::regnamespace
    and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'i' and d.classid = 'pg_class'::regclass)
  order by c.relname collate "C"`;

/** Each table with its columns and constraints, then its indexes and triggers. */
const tables = (sql: Sql): Promise<Part[]> => sql<Part[]>`
  select format(E'create %stable %s (\n  %s\n)%s%s;', case c.relpersistence when 'u' then 'unlogged ' else '' end, c.relname,
      concat_ws(E',\n  ', columns.list, constraints.list), ' partition by ' || pg_get_partkeydef(c.oid),
      ' with (' || array_to_string(c.reloptions, ', ') || ')')
    || coalesce(E'\n' || indexes.list, '') || coalesce(E'\n' || triggers.list, '') as text
  from pg_class c
  cross join lateral (
    select string_agg(concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
      case when a.attcollation not in (0, (select typcollation from pg_type where oid = a.atttypid))
        then 'collate ' || a.attcollation::regcollation end,
      case when a.attidentity = 'a' then 'generated always as identity' end,
      case a.attgenerated when 's' then 'generated always as (' || pg_get_expr(d.adbin, d.adrelid) || ') stored'
        else 'default ' || pg_get_expr(d.adbin, d.adrelid) end,
      case when a.attnotnull then 'not null' end), E',\n  ' order by a.attnum) as list
    from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  ) columns
  cross join lateral (
    select string_agg(format('constraint %s %s', k.conname, pg_get_constraintdef(k.oid, true)), E',\n  '
      order by array_position('{p,u,f,c}', k.contype), k.conname collate "C") as list
    from pg_constraint k where k.conrelid = c.oid and k.contype in ('p', 'u', 'f', 'c')
  ) constraints
  cross join lateral (
    select string_agg(pg_get_indexdef(i.indexrelid, 0, true) || ';', E'\n' order by i.indexrelid::regclass::text collate "C") as list
    from pg_index i
    where i.indrelid = c.oid and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
  ) indexes
  cross join lateral (
    select string_agg(pg_get_triggerdef(t.oid, true) || ';', E'\n' order by t.tgname collate "C") as list
    from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal
  ) triggers
  where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace
  order by c.relname collate "C"`;

const views = (sql: Sql): Promise<Part[]> => sql<Part[]>`
  select format(E'create view %s as\n%s', c.relname, pg_get_viewdef(c.oid, true)) as text
  from pg_class c where c.relkind = 'v' and c.relnamespace = 'public'::regnamespace order by c.relname collate "C"`;

/** Functions by what they take, what they give and what they set: their text stands in a file of their name. */
const functions = (sql: Sql): Promise<Part[]> => sql<Part[]>`
  select concat_ws(' ', format('function %s(%s)', p.proname, pg_get_function_arguments(p.oid)),
    'returns ' || pg_get_function_result(p.oid), 'language ' || l.lanname,
    case p.provolatile when 'i' then 'immutable' when 's' then 'stable' end, case p.proparallel when 's' then 'parallel safe' end,
    'set ' || array_to_string(p.proconfig, ' set ')) as text
  from pg_proc p join pg_language l on l.oid = p.prolang
  where p.pronamespace = 'public'::regnamespace order by p.proname collate "C"`;

/**
 * The schema of a database as SQL that reads as a whole: no owners, no comments, in the order of names. It is read from the
 * catalogue, since the embedded server brings no pg_dump.
 */
export async function describeSchema(sql: Sql): Promise<string> {
  const groups = await Promise.all([types, sequences, tables, views].map((group) => group(sql)));
  const signatures = (await functions(sql)).map(({ text }) => `-- ${text}`).join('\n');
  return `${[...groups.flat().map(({ text }) => text), signatures].join('\n\n')}\n`;
}
