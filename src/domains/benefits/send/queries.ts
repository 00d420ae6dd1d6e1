import type { Sql } from '../../../database/pool.ts';

/** One send, as `benefit_send` takes it: `at` in epoch milliseconds, hashes in hex, what is sealed in base64. */
export type SendCommand = {
  readonly at: number;
  readonly unique_id: string;
  /** Keyed hash of all that was asked. */
  readonly content: string;
  /** The relation, or null: the one that has the detail. */
  readonly relation_id: number | null;
  /** The detail, or null: every living one of the relation. */
  readonly detail_id: number | null;
  /** Only benefits of this type, by number or by name. */
  readonly config_id: number | null;
  readonly benefit_type: string | null;
  readonly send_count: number;
  readonly receiver_hash: string;
  readonly receiver_sealed: string;
  readonly share_hash: string | null;
  readonly biz_id: string | null;
  readonly trace_id: string | null;
};

/** What a send gave of one detail. */
export type DetailResult = {
  readonly index_id: number;
  readonly success_count: number;
  readonly failure_count: number;
  readonly error_code_list: string[];
};

/** What became of a send: refused whole by an error code, or the result of each of its details. */
export type SendOutcome =
  | { readonly error_code: string; readonly results: null }
  | { readonly error_code: null; readonly results: DetailResult[] };

/** Sends of one seller in one transaction; one outcome each, in order. */
export const send = (sql: Sql, user_id: number, commands: SendCommand[]): Promise<SendOutcome[]> => sql<SendOutcome[]>`
  select * from benefit_send(${user_id}::bigint, ${sql.json(commands)}::jsonb)`;

/** What a user is named by: an id or a nick. */
export type UserName = { readonly user_id?: number; readonly nick?: string };

/** The user_ids of who bears these names, in their order; undefined for a name that nobody bears. */
export async function findUsers(sql: Sql, names: readonly UserName[]): Promise<(number | undefined)[]> {
  const ids = names.flatMap(({ user_id }) => user_id ?? []);
  const nicks = names.flatMap(({ nick }) => nick ?? []);
  const rows = await sql<{ user_id: number; nick: string }[]>`
    select * from platform_find_users(${ids}, ${nicks})`;
  const found = new Map<string | number, number>();
  for (const { user_id, nick } of rows) found.set(user_id, user_id).set(nick, user_id);
  return names.map(({ user_id, nick }) => found.get(nick ?? (user_id as number)));
}

/** The sellers of activities, by relation_id. Relation ids are the platform's own, so none belongs to two sellers. */
export async function findSellers(sql: Sql, relation_ids: number[]): Promise<Map<number, number>> {
  const rows = await sql<{ relation_id: number; user_id: number }[]>`
    select * from benefit_find_sellers(${relation_ids})`;
  return new Map(rows.map(({ relation_id, user_id }) => [relation_id, user_id]));
}
