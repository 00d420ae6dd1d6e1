import { createBatcher } from '../../batching/batch.ts';
import { hasState, isTransient, SQLSTATE } from '../../database/errors.ts';
import type { Sql } from '../../database/pool.ts';
import { remember } from '../../remember.ts';
import { claimKeys, type DrawKey, findHomes, type Home } from './queries.ts';

/**
 * The keys of draws, each one for its app over all channels. An app's home is the channel in which it drew first; there a
 * win itself binds its key. In any other channel a key is claimed at home before it is drawn with.
 */
export type Keys = {
  /** Whether a draw is known to be at the home of its app, where there is nothing to claim. */
  isAtHome(key: DrawKey): boolean;
  /**
   * Makes sure of a key before its draw: 0 when the draw may go on, or the business code of its refusal. Asked again with
   * the same key for the same channel it says the same.
   */
  claim(key: DrawKey, now: Date): Promise<number>;
};

type Claim = DrawKey & { readonly now: Date };

const MOST_HOMES = 10_000;

/** Opens the keys of draws on a database. */
export function openKeys(sql: Sql): Keys {
  // A home never changes.
  const homes = new Map<string, number>();
  const asked = createBatcher({ run: (_all: string, keys: DrawKey[]) => findHomes(sql, keys) });
  const claims = createBatcher<Claim, number>({
    run: (home, keys) => claimKeys(sql, Number(home), keys[0]?.now as Date, keys),
    // A claim gives way to a draw at home that comes with some of its keys (lottery_claim).
    retryable: (error) => isTransient(error) || hasState(error, SQLSTATE.lockNotAvailable),
  });

  const homeOf = async (key: DrawKey): Promise<Home> => {
    const kept = homes.get(key.app_key);
    if (kept !== undefined) return { platform: kept, return_code: 0 };
    const found = await asked.submit('homes', key);
    if (found.platform !== null) remember(homes, MOST_HOMES, key.app_key, found.platform);
    return found;
  };
  return {
    isAtHome: ({ app_key, platform }) => homes.get(app_key) === platform,
    async claim(key, now) {
      const found = await homeOf(key);
      if (found.platform === null) return found.return_code;
      if (found.platform === key.platform) return 0;
      return claims.submit(String(found.platform), { ...key, now });
    },
  };
}
