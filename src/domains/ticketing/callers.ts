import { keyOf } from '../../batching/key.ts';
import { createLoader, inOrder } from '../../batching/loader.ts';
import type { Sql } from '../../database/pool.ts';
import type { Vault } from '../../secrets/vault.ts';
import { type Caller, findCallers, TOKEN_PURPOSE, type TokenHashes } from './queries.ts';

/** The three tokens by which every method of the family knows its caller. */
export type Tokens = { readonly tenant_token: string; readonly ptnr_token: string; readonly channel_token: string };

/** Keyed hashes of three tokens, as the database keeps them. */
export function tokenHashes(vault: Vault, tokens: Tokens): TokenHashes {
  const hash = (token: string) => vault.hash(TOKEN_PURPOSE, token).toString('hex');
  return {
    tenant_hash: hash(tokens.tenant_token),
    ptnr_hash: hash(tokens.ptnr_token),
    channel_hash: hash(tokens.channel_token),
  };
}

/** Says who bears three tokens; calls that wait together share one query. */
export function createCallers({ sql, vault }: { sql: Sql; vault: Vault }): (tokens: Tokens) => Promise<Caller> {
  const load = createLoader<Tokens, Caller>({
    keyOf: ({ tenant_token, ptnr_token, channel_token }) => keyOf(tenant_token, ptnr_token, channel_token),
    load: inOrder((callers) =>
      findCallers(
        sql,
        callers.map((tokens) => tokenHashes(vault, tokens)),
      ),
    ),
  });
  return async (tokens) => (await load(tokens)) as Caller;
}
