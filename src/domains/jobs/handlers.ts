import { type adminJobContracts, jobGet } from '../../contract/jobs/admin.ts';
import { fault, type Handlers } from '../../contract/method.ts';
import { logged } from '../../database/change-log.ts';
import { cancelJob, findJobs, type Job } from '../../database/jobs.ts';
import type { Sql } from '../../database/pool.ts';
import { pageOf, readIdCursor, writeIdCursor } from '../paging.ts';

const show = ({ input, ...job }: Job) => ({ ...job, mix_id: input.mix_id });

async function oneJob(sql: Sql, job_id: number) {
  const [job] = await findJobs(sql, { job_id, limit: 1 });
  if (job === undefined) throw fault(jobGet, 'isv.job-not-exist');
  return { job: show(job) };
}

/** The administration of jobs in the background. */
export const jobHandlers = ({ sql }: { sql: Sql }): Handlers<typeof adminJobContracts> => ({
  'piaoquan.job.get': ({ job_id }) => oneJob(sql, job_id),
  'piaoquan.job.list': async ({ job_id, state, mix_id, cursor, page_size }) => {
    const which = { job_id: job_id ?? null, state: state ?? null, mix_id: mix_id ?? null };
    const before = readIdCursor(cursor, Number.MAX_SAFE_INTEGER);
    const find = (limit: number) => findJobs(sql, { ...which, before, limit });
    const page = await pageOf(page_size, find, ({ job_id: id }) => writeIdCursor(id));
    return { jobs: page.rows.map(show), next_cursor: page.next_cursor };
  },
  'piaoquan.job.cancel': async ({ job_id }, context) => {
    await sql.begin((tx) => logged(tx, context, [['job', { job_id }]], () => cancelJob(tx, job_id, context.now)));
    return oneJob(sql, job_id);
  },
});
