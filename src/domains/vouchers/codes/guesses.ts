import { createBatcher } from '../../../batching/batch.ts';
import type { Sql } from '../../../database/pool.ts';
import { type Guess, passGuesses } from './queries.ts';
import { GUESS_LIMITS } from './rules.ts';

/** Codes that a call of an app has named, before anything is told of them. */
export type Tried = Guess & { readonly app_key: string; readonly now: Date };

/**
 * Counts the wrong codes of calls against their app and its user, over all processes.
 * @returns a function that gives the seconds a call must wait, right codes and all; 0 when it may go on
 */
export function createGuesses(sql: Sql): (tried: Tried) => Promise<number> {
  const guesses = createBatcher<Guess & { now: Date }, number>({
    run: (app_key, calls) =>
      passGuesses(
        sql,
        app_key,
        calls.map(({ caller, wrong }) => ({ caller, wrong })),
        GUESS_LIMITS,
        calls.at(-1)?.now as Date,
      ),
  });
  return ({ app_key, ...guess }) => guesses.submit(app_key, guess);
}

/** What a caller is told who must wait. */
export const waitWords = (seconds: number): string => `错误的券码过多，请在 ${seconds} 秒后再试`;
