import { type adminJobContracts, jobGet } from '../../contract/admin-jobs.ts';
import { platformError } from '../../contract/errors.ts';
import { fault, type Handlers } from '../../contract/method.ts';
import { writeAs } from '../../database/change-log.ts';
import { cancelJob, findJobs, type Job } from '../../database/jobs.ts';
import type { Sql } from '../../database/pool.ts';

const PAGE_SIZE = 50;

const show = ({ input, ...job }: Job) => ({ ...job, mix_id: input.mix_id });

async function oneJob(sql: Sql, job_id: number) {
  const [job] = await findJobs(sql, { job_id, limit: 1 });
  if (job === undefined) throw fault(jobGet, 'isv.job-not-exist');
  return { job: show(job) };
}

/** The administration of jobs in the background. */
export const jobHandlers = ({ sql }: { sql: Sql }): Handlers<typeof adminJobContracts> => ({
  'piaoquan.job.get': ({ job_id }) => oneJob(sql, job_id),
  'piaoquan.job.list': async ({ state, mix_id, cursor, page_size }) => {
    if (cursor != null && !/^\d{1,15}$/.test(cursor))
      throw platformError('invalid-arguments', { argument: 'cursor', sub_msg: '参数 cursor 不合法：应为 next_cursor' });
    const limit = page_size ?? PAGE_SIZE;
    const before = cursor == null ? {} : { before: Number(cursor) };
    const jobs = await findJobs(sql, { state: state ?? null, mix_id: mix_id ?? null, ...before, limit: limit + 1 });
    const shown = jobs.slice(0, limit);
    return {
      jobs: shown.map(show),
      next_cursor: jobs.length > limit ? String(shown.at(-1)?.job_id) : undefined,
    };
  },
  'piaoquan.job.cancel': async ({ job_id }, context) => {
    await writeAs(sql, context, (tx) => cancelJob(tx, job_id, context.now));
    return oneJob(sql, job_id);
  },
});
