import type { Queryable, Sql, Transaction } from './pool.ts';

/** Who writes, by which method, in which call and when. */
export type Writer = {
  readonly actor: string;
  readonly method: string | null;
  readonly request_id: string | null;
  readonly now: Date;
};

/** Who writes where nobody calls: a start, the command line. */
export const systemWriter = (now: Date): Writer => ({ actor: 'system', method: null, request_id: null, now });

/**
 * Rows of a table that are about to change: those with these values in columns that name them.
 * They are told in the order of the primary key, or first as the values of one column are listed in `order`.
 */
export type Changing = readonly [
  table: string,
  key: Readonly<Record<string, string | number>>,
  order?: Readonly<Record<string, readonly (string | number)[]>>,
];

/** Bytes as a value of a key. */
export const keyBytes = (bytes: Uint8Array): string => `\\x${Buffer.from(bytes).toString('hex')}`;

/**
 * Runs writes in their transaction and leaves an entry in `change_log` for every row among these that they make, change
 * or delete, table by table as named. What stays as it is leaves none. The rows are held from
 * before the writes until commit, so that what was before is told as it was.
 */
export async function logged<T>(
  tx: Transaction,
  writer: Writer,
  things: readonly Changing[],
  run: () => Promise<T>,
): Promise<T> {
  const named = JSON.stringify(things);
  const [row] = await tx<{ held: string }[]>`select change_log_hold(${named}::text::jsonb)::text as held`;
  const result = await run();
  await enterChanges(tx, writer, named, row?.held ?? '[]');
  return result;
}

/** Enters rows that were just made, whose keys nobody knew before. */
export const logMade = (tx: Transaction, writer: Writer, things: readonly Changing[]): Promise<void> =>
  enterChanges(tx, writer, JSON.stringify(things), '[]');

async function enterChanges(tx: Transaction, writer: Writer, things: string, held: string): Promise<void> {
  const { actor, method, request_id, now } = writer;
  const by = JSON.stringify({ actor, method, request_id, at: now });
  await tx`select change_log_enter(${by}::text::jsonb, ${things}::text::jsonb, ${held}::text::jsonb)`;
}

/** A change, as the log holds it. */
export type Change = {
  readonly change_id: number;
  readonly changed_at: Date;
  readonly actor: string;
  readonly method: string | null;
  readonly request_id: string | null;
  readonly action: string;
  readonly thing: string;
  readonly thing_key: string;
  readonly changed: string[] | null;
  /** The row as JSON text. */
  readonly before: string | null;
  readonly after: string | null;
};

/** Which changes; absent filters let everything through. */
export type ChangeFilter = {
  readonly [Key in 'actor' | 'method' | 'request_id' | 'thing' | 'thing_key']?: string | null | undefined;
} & {
  readonly start_time?: Date | null | undefined;
  readonly end_time?: Date | null | undefined;
  /** Only changes before this one: microseconds since the epoch, and its id. */
  readonly before: { readonly at_us: number; readonly change_id: number } | undefined;
  readonly limit: number;
};

/** Changes by a filter, the latest first. */
export function findChanges(sql: Sql, filter: ChangeFilter): Promise<(Change & { at_us: number })[]> {
  const { actor, method, request_id, thing, thing_key, start_time, end_time, before, limit } = filter;
  const place = before && sql`(timestamptz 'epoch' + ${before.at_us}::bigint * interval '1 microsecond')`;
  return sql`
    select change_id, changed_at, actor, method, request_id, action, thing, thing_key, changed, before::text as before,
      after::text as after, (extract(epoch from changed_at) * 1000000)::bigint as at_us
    from change_log
    where true ${actor == null ? sql`` : sql`and actor = ${actor}`}
      ${method == null ? sql`` : sql`and method = ${method}`}
      ${request_id == null ? sql`` : sql`and request_id = ${request_id}`}
      ${thing == null ? sql`` : sql`and thing = ${thing}`}
      ${thing_key == null ? sql`` : sql`and thing_key = ${thing_key}`}
      ${start_time == null ? sql`` : sql`and changed_at >= ${start_time}`}
      ${end_time == null ? sql`` : sql`and changed_at < ${end_time}`}
      ${place === undefined ? sql`` : sql`and (changed_at, change_id) < (${place}, ${before?.change_id ?? 0})`}
    order by changed_at desc, change_id desc limit ${limit}`;
}

/** What a call that is entered as such was about: a row by its table and key, and what else is to be kept of it. */
type About = {
  readonly thing: string;
  readonly thing_key: string;
  readonly after?: Readonly<Record<string, number | string>>;
};

async function enter(sql: Queryable, { actor, method, request_id, now }: Writer, about: About): Promise<void> {
  const { thing, thing_key, after } = about;
  await sql`
    insert into change_log (changed_at, actor, method, request_id, action, thing, thing_key, after)
    values (${now}, ${actor}, ${method}, ${request_id}, 'call', ${thing}, ${thing_key},
      ${after === undefined ? null : sql.json(after)})`;
}

/**
 * Enters a call of an operator that writes where the log does not look, or that acts for a user.
 * @param user_id the user acted for
 */
export const logCall = (sql: Sql, writer: Writer, user_id: number | undefined): Promise<void> =>
  enter(
    sql,
    writer,
    user_id === undefined
      ? { thing: 'call', thing_key: '' }
      : { thing: 'platform_user', thing_key: String(user_id), after: { user_id } },
  );

/** Enters that somebody was shown what lets its reader in or redeem: of which row, by its table and key. */
export const logReveal = (sql: Sql, writer: Writer, thing: string, thing_key: string): Promise<void> =>
  enter(sql, writer, { thing, thing_key });

/** Enters that somebody had a call of a method signed as an app. */
export const logSigning = (sql: Sql, writer: Writer, app_key: string, method: string): Promise<void> =>
  enter(sql, writer, { thing: 'platform_app', thing_key: app_key, after: { signed: method } });

/** Enters that an operator logged in, or was locked out, and from which address. */
export const logLogin = (sql: Sql, writer: Writer, address: string): Promise<void> =>
  enter(sql, writer, { thing: 'platform_operator_session', thing_key: writer.actor, after: { address } });

/** Enters that another master key seals from now on. */
export const logRotation = (tx: Transaction, now: Date, key_id: string): Promise<void> =>
  enter(
    tx,
    { actor: 'system', method: 'key rotate', request_id: '', now },
    { thing: 'platform_vault', thing_key: key_id },
  );
