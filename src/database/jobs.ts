import { setTimeout as sleep } from 'node:timers/promises';
import { isTransient } from './errors.ts';
import type { Queryable, Sql, Transaction } from './pool.ts';

/** A job in the background and how far it is. */
export type Job = {
  job_id: number;
  kind: string;
  app_key: string;
  input: { mix_id?: string; [name: string]: unknown };
  state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  done: number;
  total: number;
  error: string | null;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
};

/**
 * Does a part of a job in the transaction given, which also notes the progress, and returns how many units it did. It is
 * called until `total` is reached; what it throws ends the job, unless running it again may help.
 */
export type JobStep = (tx: Transaction, job: Job, now: Date) => Promise<number>;

/** A worker that runs. */
export type Worker = {
  /** Stops after the part under way, waiting two seconds at most; the rest is left to other processes or the next start. */
  close(): Promise<void>;
};

type WorkerOptions = {
  sql: Sql;
  /** What to do for each kind of job. */
  steps: Readonly<Record<string, JobStep>>;
  clock: () => Date;
  onError?: (error: unknown) => void;
};

/** How long an idle worker sleeps before it looks for jobs again, in milliseconds. */
const IDLE_MS = 200;
/** How long a closing worker waits for its part: what is lost with the connection is done again by the next. */
const CLOSE_MS = 2000;

/**
 * Starts this process's worker. Any number of processes may work on one database: a job is held by the lock of its row
 * while a part is done, so a killed process gives it up with its connection, and another goes on where the last commit was.
 */
export function startWorker({ sql, steps, clock, onError = () => {} }: WorkerOptions): Worker {
  const stop = new AbortController();
  const kinds = Object.keys(steps);

  async function work(): Promise<void> {
    while (!stop.signal.aborted) {
      const worked = await workOnce(sql, steps, kinds, clock).catch((error) => {
        onError(error);
        return false;
      });
      if (!worked) await sleep(IDLE_MS, undefined, { signal: stop.signal }).catch(() => {});
    }
  }
  const ended = work();
  return {
    async close() {
      stop.abort();
      await Promise.race([ended, sleep(CLOSE_MS, undefined, { ref: false })]);
    },
  };
}

/** Does one part of the oldest job that nobody holds; false when there is none or it must wait. */
async function workOnce(sql: Sql, steps: WorkerOptions['steps'], kinds: string[], clock: () => Date): Promise<boolean> {
  let job: Job | undefined;
  try {
    return await sql.begin(async (tx) => {
      // A part may take longer than a call may.
      await tx`set local statement_timeout = 0`;
      [job] = await tx<Job[]>`
        select * from job where finished_at is null and kind = any (${kinds})
        order by job_id limit 1 for update skip locked`;
      if (job === undefined) return false;
      await advance(tx, job, steps[job.kind] as JobStep, clock());
      return true;
    });
  } catch (error) {
    if (job === undefined || isTransient(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    await sql`update job set state = 'failed', error = ${reason}, finished_at = ${clock()}
      where job_id = ${job.job_id} and finished_at is null`;
    return true;
  }
}

async function advance(tx: Transaction, job: Job, step: JobStep, now: Date): Promise<void> {
  const done = job.done + (job.done < job.total ? await step(tx, job, now) : 0);
  await tx`
    update job set done = ${done}, started_at = coalesce(started_at, ${now}),
      state = case when ${done} >= total then 'done' else 'running' end,
      finished_at = case when ${done} >= total then ${now}::timestamptz end
    where job_id = ${job.job_id}`;
}

/** Jobs by id or filter, the latest first, those after the cursor. */
export async function findJobs(
  sql: Queryable,
  query: { job_id?: number | null; state?: string | null; mix_id?: string | null; before?: number; limit: number },
): Promise<Job[]> {
  const { job_id = null, state = null, mix_id = null, before = null, limit } = query;
  return sql<Job[]>`
    select * from job
    where (${job_id}::bigint is null or job_id = ${job_id}) and (${state}::text is null or state = ${state})
      and (${mix_id}::text is null or input ->> 'mix_id' = ${mix_id}) and (${before}::bigint is null or job_id < ${before})
    order by job_id desc limit ${limit}`;
}

/** Stops a job, after the part under way. One that has ended stays as it is. */
export async function cancelJob(sql: Queryable, job_id: number, now: Date): Promise<void> {
  await sql`
    update job set state = 'cancelled', finished_at = ${now}
    where job_id = ${job_id} and finished_at is null`;
}
