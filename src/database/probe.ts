import { SQLSTATE } from './errors.ts';
import type { Sql } from './pool.ts';

/** Why a database that answers cannot be written. */
export type Unwritable = 'disk full' | 'database read-only';

/** What tells why; other SQLSTATEs tell nothing of the disk, such as a lock that a backup holds. */
const REASONS: Record<string, Unwritable> = {
  [SQLSTATE.diskFull]: 'disk full',
  [SQLSTATE.readOnlyTransaction]: 'database read-only',
};
/** A probe costs the database a new file of one page, so monitors share one. */
const GOOD_FOR_MS = 5000;

/** Needs room for a new file, whatever room the old one has, and leaves nothing. */
async function write(sql: Sql): Promise<void> {
  const done = new Error('rolled back');
  const attempt = sql.begin(async (tx) => {
    await tx`set local lock_timeout = '500ms'`;
    await tx`truncate platform_probe`;
    await tx`insert into platform_probe values (repeat('x', 1000))`;
    throw done;
  });
  await attempt.catch((error) => {
    if (error !== done) throw error;
  });
}

/**
 * Asks whether the database can be written, at most every five seconds; in between the last answer stands. Never rejects:
 * what has other reasons is undefined, as success is.
 */
export function openWriteProbe(sql: Sql, now = (): number => performance.now()): () => Promise<Unwritable | undefined> {
  let asked = Number.NEGATIVE_INFINITY;
  let answer: Promise<Unwritable | undefined> = Promise.resolve(undefined);
  return () => {
    if (now() - asked < GOOD_FOR_MS) return answer;
    asked = now();
    answer = write(sql).then(
      () => undefined,
      (error: { code?: string }) => REASONS[error.code ?? ''],
    );
    return answer;
  };
}
