import type { SealedColumn } from '../secrets/sealed.ts';
import type { Queryable, Sql, Transaction } from './pool.ts';
import type { Part } from './text.ts';

/** How the keys of a database stand. */
export type KeyState = {
  /** The key under which texts are sealed. */
  readonly key_id: string;
  /** Keys under which something may still be sealed. */
  readonly earlier_key_ids: readonly string[];
  /** The key of lookups, sealed under the first. */
  readonly lookup_sealed: Buffer;
};

/** How the keys of a database stand; undefined before its first start. */
export async function findKeyState(query: Queryable): Promise<KeyState | undefined> {
  const [state] = await query<KeyState[]>`select key_id, earlier_key_ids, lookup_sealed from platform_vault`;
  return state;
}

/** Binds a database to its first key; one that is bound stays so. */
export async function bindKey(sql: Sql, key_id: string, lookup_sealed: Buffer): Promise<void> {
  await sql`insert into platform_vault (key_id, lookup_sealed) values (${key_id}, ${lookup_sealed}) on conflict do nothing`;
}

/** Lets another key seal from now on; false when the keys do not stand any more as they were read. */
export async function moveKey(
  tx: Transaction,
  from: KeyState,
  to: Pick<KeyState, 'key_id' | 'lookup_sealed'>,
): Promise<boolean> {
  const earlier = [...new Set([...from.earlier_key_ids, from.key_id])].filter((each) => each !== to.key_id);
  const moved = await tx`
    update platform_vault set key_id = ${to.key_id}, lookup_sealed = ${to.lookup_sealed}, earlier_key_ids = ${earlier}
    where key_id = ${from.key_id} and lookup_sealed = ${from.lookup_sealed}`;
  return moved.count === 1;
}

/** Forgets the earlier keys, under which nothing is sealed any more; false when another key seals by now. */
export async function forgetEarlierKeys(sql: Sql, key_id: string): Promise<boolean> {
  const done = await sql`update platform_vault set earlier_key_ids = '{}' where key_id = ${key_id}`;
  return done.count === 1;
}

/** A server that runs, by what it last told. */
export type Holder = {
  /** The keys that it was given. */
  readonly key_ids: readonly string[];
  /** The key under which it seals. */
  readonly sealing: string;
  /** Since how many seconds it does. */
  readonly sealing_seconds: number;
};

/** Tells which keys a server holds and with which it seals. */
export async function tellHolder(
  sql: Sql,
  holder: string,
  { key_ids, sealing }: Pick<Holder, 'key_ids' | 'sealing'>,
): Promise<void> {
  await sql`
    insert into platform_vault_holder as h (holder, key_ids, sealing, sealing_since, seen_at)
    values (${holder}, ${[...key_ids]}, ${sealing}, clock_timestamp(), clock_timestamp())
    on conflict (holder) do update set key_ids = excluded.key_ids, sealing = excluded.sealing, seen_at = excluded.seen_at,
      sealing_since = case when h.sealing = excluded.sealing then h.sealing_since else excluded.sealing_since end`;
}

/** Forgets a server that stops, and those that were not seen for a day. */
export async function forgetHolder(sql: Sql, holder: string): Promise<void> {
  await sql`
    delete from platform_vault_holder
    where holder = ${holder} or seen_at < clock_timestamp() - interval '1 day'`;
}

/** The servers that told something within some seconds. */
export const findHolders = (sql: Sql, seconds: number): Promise<Holder[]> => sql<Holder[]>`
  select key_ids, sealing, extract(epoch from clock_timestamp() - sealing_since)::float8 as sealing_seconds
  from platform_vault_holder where seen_at > clock_timestamp() - make_interval(secs => ${seconds})`;

/** A sealed text under an earlier key: its row's primary key as texts, what it is bound to, and itself. */
export type SealedRow = {
  readonly key: readonly string[];
  readonly row: readonly (string | number | Date | Buffer)[];
  readonly sealed: Buffer;
};

/** Whether a row's text is sealed under another key, in SQL. */
const isEarlier = ({ column, where = 'true' }: SealedColumn, key_id: string): string =>
  `${where} and t.${column} is not null and substring(t.${column} from 2 for ${key_id.length / 2}) <> '\\x${key_id}'`;

/**
 * Holds the next rows of a column, in the order of their key, whose text is not sealed under a key. Rows that others write
 * just now are passed over, so that nobody waits here while holding what another waits for.
 * @param after the key of the row to go on behind
 */
export async function holdEarlier(
  tx: Transaction,
  column: SealedColumn,
  key_id: string,
  after: readonly string[] | undefined,
  limit: number,
): Promise<SealedRow[]> {
  // The next row may stand far behind.
  await tx`set local statement_timeout = 0`;
  const names = Object.keys(column.key).map((name) => `t.${name}`);
  const order = tx.unsafe(names.join(', '));
  const parts = column.row.map((expression, index) => `${expression} as row_${index}`).join(', ');
  const found = await tx<(SealedRow & Record<string, SealedRow['row'][number]>)[]>`
    select array[${tx.unsafe(names.map((name) => `${name}::text`).join(', '))}] as key,
      t.${tx.unsafe(column.column)} as sealed, ${tx.unsafe(parts)}
    from ${tx.unsafe(column.table)} t ${tx.unsafe(column.join ?? '')}
    where ${tx.unsafe(isEarlier(column, key_id))}
      ${after === undefined ? tx`` : tx`and (${order}) > (${keyValues(tx, column, after)})`}
    order by ${order} limit ${limit} for no key update of t skip locked`;
  return found.map(({ key, sealed, ...values }) => ({
    ...{ key, sealed },
    row: column.row.map((_expression, index) => values[`row_${index}`] as SealedRow['row'][number]),
  }));
}

/** The values of a primary key with commas between, each as its column's type. */
const keyValues = (tx: Transaction, { key }: SealedColumn, values: readonly string[]): Part =>
  Object.values(key)
    .map((type, index): Part => tx`${values[index]}::text::${tx.unsafe(type)}`)
    .reduce((all, each) => tx`${all}, ${each}`);

/** Writes texts that were sealed anew, in rows that are held. */
export async function writeSealed(
  tx: Transaction,
  column: SealedColumn,
  texts: readonly { readonly key: readonly string[]; readonly sealed: Buffer }[],
): Promise<void> {
  const names = tx.unsafe(Object.keys(column.key).join(', '));
  const write = ({ key, sealed }: (typeof texts)[number]) => tx`
    update ${tx.unsafe(column.table)} set ${tx.unsafe(column.column)} = ${sealed}
    where (${names}) = (${keyValues(tx, column, key)})`;
  await Promise.all(texts.map(write));
}

/** How many texts of a column are not sealed under a key, held by others or not. */
export async function countEarlier(tx: Transaction, column: SealedColumn, key_id: string): Promise<number> {
  await tx`set local statement_timeout = 0`;
  const [row] = await tx<{ count: number }[]>`
    select count(*) as count from ${tx.unsafe(column.table)} t where ${tx.unsafe(isEarlier(column, key_id))}`;
  return row?.count ?? 0;
}
