import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/harness/database.ts';
import { until } from '../../test/harness/until.ts';
import { findJobs, type JobStep, startWorker } from './jobs.ts';

const NOW = new Date('2026-03-01T10:20:30+08:00');
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.sql`create table work (job_id bigint, unit bigint, primary key (job_id, unit))`;
});
afterAll(() => database.drop());

async function addJob(kind: string, total: number): Promise<number> {
  const [job] = await database.sql<{ job_id: number }[]>`
    insert into job (kind, app_key, unique_id, input, total, created_at)
    values (${kind}, '1', gen_random_uuid()::text, '{}', ${total}, ${NOW}) returning job_id`;
  return job!.job_id;
}

const stateOf = async (job_id: number) => (await findJobs(database.sql, { job_id, limit: 1 }))[0]!;
const ended = (job_id: number) =>
  until(
    () => stateOf(job_id),
    ({ finished_at }) => finished_at !== null,
  );

/** Writes the next units; a unit written twice would be refused. */
const write: JobStep = async (tx, { job_id, done }) => {
  await tx`insert into work select ${job_id}, ${done} + n from generate_series(1, 3) n`;
  return 3;
};

const work = (steps: Record<string, JobStep>) => startWorker({ sql: database.sql, steps, clock: () => NOW });

test('a job is done part by part to its end', async () => {
  const worker = work({ write });
  const job_id = await addJob('write', 9);
  expect(await ended(job_id)).toMatchObject({ state: 'done', done: 9, started_at: NOW, finished_at: NOW, error: null });
  await worker.close();
});

test('a job that fails says why, keeps what it did, and does not hold up others', async () => {
  const breaks: JobStep = async (tx, job, now) => {
    if (job.done > 0) throw new Error('out of paper');
    return write(tx, job, now);
  };
  const worker = work({ write, breaks });
  const broken = await addJob('breaks', 9);
  const whole = await addJob('write', 3);
  expect(await ended(broken)).toMatchObject({ state: 'failed', done: 3, error: 'out of paper' });
  expect(await ended(whole)).toMatchObject({ state: 'done' });
  await worker.close();
});

test('a part that was interrupted is done again, once', async () => {
  let lost = 2;
  const interrupted: JobStep = async (tx, job, now) => {
    const units = await write(tx, job, now);
    if (lost-- > 0) throw Object.assign(new Error('the connection is lost'), { code: 'CONNECTION_CLOSED' });
    return units;
  };
  const worker = work({ interrupted });
  const job_id = await addJob('interrupted', 6);
  expect(await ended(job_id)).toMatchObject({ state: 'done', done: 6 });
  expect(await database.sql`select count(*) from work where job_id = ${job_id}`).toEqual([{ count: 6 }]);
  await worker.close();
});

test('a worker leaves jobs alone that it has no step for', async () => {
  const worker = work({ write });
  const other = await addJob('other', 1);
  await ended(await addJob('write', 3));
  expect(await stateOf(other)).toMatchObject({ state: 'queued', done: 0 });
  await worker.close();
});
