import { randomInt } from 'node:crypto';
import { createBatcher } from '../../batching/batch.ts';
import { keyOf } from '../../batching/key.ts';
import { createLoader, inOrder } from '../../batching/loader.ts';
import { createWeighed } from '../../batching/weighed.ts';
import { hasState, isTransient, SQLSTATE } from '../../database/errors.ts';
import type { Sql } from '../../database/pool.ts';
import { remember } from '../../remember.ts';
import { openKeys } from './keys.ts';
import { type Drawn, drawAll, findMostCodes, findRewards, invalidAll, type Reward, type RewardKey } from './queries.ts';
import { wavesOf } from './rules.ts';

/** A call that draws or voids: who calls, under which key, for whom (as kept), in which activity, and when. */
export type Call = {
  readonly app_key: string;
  readonly out_biz_id: string;
  readonly mix_user_id: string;
  readonly platform: number;
  readonly spread_id: string;
  readonly now: Date;
};

/** The stock engine of the draws: calls for one activity share statements. */
export type Draws = {
  /** Draws for a call; the same key for the same channel, user and activity is told the same win again. */
  draw(call: Call): Promise<Drawn>;
  /** Voids the win of a call; gives a business code. */
  invalid(call: Call): Promise<number>;
  /** What a win brings. */
  reward(key: RewardKey): Promise<Reward>;
};

/** Rolls lie below this; `randomInt` goes no further, and the database divides by one more. */
const ROLLS = 2 ** 48 - 1;
const MOST_REWARDS = 10_000;
const MOST_ACTIVITIES = 10_000;
/** Codes that the draws of one statement bring at most, and those that wait for it: a millisecond hands out five to ten. */
const MOST_CODES = 2500;
const MOST_CODES_WAITING = 7500;
/** Voidings in one statement: a win may have brought a hundred codes. */
const MOST_VOIDINGS = 50;

type Roll = Call & { readonly roll: number };
type Place = Pick<Call, 'platform' | 'spread_id'>;

/** Made for every draw; a number holds no blank. */
const activityKey = ({ platform, spread_id }: Place): string => `${platform} ${spread_id}`;

/** Opens the stock engine of the draws on a database. */
export function openDraws(sql: Sql): Draws {
  const reward = openRewards(sql);
  const codes = openMostCodes(sql, reward);
  const keys = openKeys(sql);
  // Looking for keys that have a win already costs a fifth of a batch, so it is left out while none comes again.
  let fresh = true;
  const drawBatch = async (calls: readonly Roll[]): Promise<Drawn[]> => {
    const [first] = calls;
    if (first === undefined) return [];
    const attempt = (isFresh: boolean) => drawAll(sql, first, first.now, calls, isFresh);
    const { drawn, known, reward_nos } = await attempt(fresh).catch((error) => {
      if (!fresh || !hasState(error, SQLSTATE.uniqueViolation)) throw error;
      return attempt(false);
    });
    fresh = known === 0;
    await codes.note(first, reward_nos);
    return drawn;
  };
  const draws = createWeighed<Roll, Drawn>({
    run: (_key, calls) => inWaves(calls, drawBatch),
    room: { batch: MOST_CODES, queue: MOST_CODES_WAITING },
    // Two activities of one channel given one key at the same instant: the second finds it when it runs again.
    retryable: (error) => isTransient(error) || hasState(error, SQLSTATE.uniqueViolation),
  });
  const submit = (most: number, key: string, call: Call): Promise<Drawn> =>
    draws(key, most, { ...call, roll: randomInt(ROLLS) });
  const claimAndSubmit = async (key: string, call: Call): Promise<Drawn> => {
    const refusal = keys.isAtHome(call) ? 0 : await keys.claim(call, call.now);
    if (refusal !== 0) return { return_code: refusal };
    return submit(codes.known(key) ?? (await codes.find(key, call)), key, call);
  };
  const invalids = createBatcher<Call, number>({
    run: (_key, calls) =>
      inWaves(calls, async (wave) => {
        const [first] = wave;
        return first === undefined ? [] : invalidAll(sql, first, first.now, wave);
      }),
    maxBatch: MOST_VOIDINGS,
  });
  return {
    draw(call) {
      const key = activityKey(call);
      const most = codes.known(key);
      return most === undefined || !keys.isAtHome(call) ? claimAndSubmit(key, call) : submit(most, key, call);
    },
    invalid: (call) => invalids.submit(activityKey(call), call),
    reward,
  };
}

/**
 * The most codes that a draw of an activity may bring: looked up before its first draw here, and from then on as its last
 * batch found its prizes.
 */
function openMostCodes(sql: Sql, reward: Draws['reward']) {
  const kept = new Map<string, number>();
  const load = createLoader<Place, number>({
    keyOf: activityKey,
    load: inOrder((places) => findMostCodes(sql, places)),
  });
  return {
    known: (key: string): number | undefined => kept.get(key),
    find: async (key: string, place: Place): Promise<number> =>
      remember(kept, MOST_ACTIVITIES, key, (await load(place)) ?? 0),
    async note({ platform, spread_id }: Place, reward_nos: readonly number[]): Promise<void> {
      const rewards = await Promise.all(reward_nos.map((reward_no) => reward({ platform, spread_id, reward_no })));
      const most = Math.max(0, ...rewards.map(({ code_count }) => code_count));
      remember(kept, MOST_ACTIVITIES, activityKey({ platform, spread_id }), most);
    },
  };
}

/** Runs calls wave by wave and gives the results in the order of the calls. */
async function inWaves<C extends Call, R>(
  calls: readonly C[],
  run: (wave: readonly C[]) => Promise<readonly R[]>,
): Promise<R[]> {
  const results: R[] = [];
  for (const places of wavesOf(calls)) {
    const part = await run(places.map((place) => calls[place] as C));
    for (const [index, place] of places.entries()) results[place] = part[index] as R;
  }
  return results;
}

/** Rewards never change, so those read once are kept. */
function openRewards(sql: Sql): Draws['reward'] {
  const kept = new Map<string, Reward>();
  const textOf = ({ platform, spread_id, reward_no }: RewardKey): string => keyOf(platform, spread_id, reward_no);
  const load = createLoader<RewardKey, Reward | undefined>({
    keyOf: textOf,
    load: inOrder((keys) => findRewards(sql, keys)),
  });
  return async (key) => {
    const text = textOf(key);
    const known = kept.get(text) ?? (await load(key));
    if (known === undefined) throw new Error(`no reward ${JSON.stringify(key)}`);
    return remember(kept, MOST_REWARDS, text, known);
  };
}
