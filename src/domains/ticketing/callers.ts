import { createLoader } from '../../batching/loader.ts';
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
  const load = createLoader<string, Caller>({
    async load(keys) {
      const hashes = keys.map((key) => {
        const [tenant_token, ptnr_token, channel_token] = JSON.parse(key) as [string, string, string];
        return tokenHashes(vault, { tenant_token, ptnr_token, channel_token });
      });
      const found = await findCallers(sql, hashes);
      return new Map(keys.map((key, index) => [key, found[index] as Caller]));
    },
  });
  return async ({ tenant_token, ptnr_token, channel_token }) =>
    (await load(JSON.stringify([tenant_token, ptnr_token, channel_token]))) as Caller;
}
