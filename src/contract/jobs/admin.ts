import { admin, cursor, next_cursor, page_size } from '../common.ts';
import { method } from '../method.ts';
import { date, integer, list, optional, struct, text } from '../schema.ts';

const errors = {
  'isv.job-not-exist': {
    cause: { zh: '任务不存在', en: 'No job bears this id' },
    remedy: { zh: '核对 job_id', en: 'Check the job_id' },
  },
} as const;

const states = {
  queued: { zh: '排队中', en: 'waiting' },
  running: { zh: '进行中', en: 'under way' },
  done: { zh: '已完成', en: 'done' },
  failed: { zh: '失败', en: 'failed; what was done stays' },
  cancelled: { zh: '已取消', en: 'cancelled; what was done stays' },
} as const;

const job_id = integer({ zh: '任务ID', en: 'Id of the job' }, { example: '123' });

const job = struct(
  'JobInfo',
  { zh: '后台任务', en: 'A job in the background' },
  {
    job_id,
    kind: text({ zh: '任务类型', en: 'What it does' }, { example: 'voucher.generate' }),
    mix_id: optional(text({ zh: '所属券码批次', en: 'Batch of codes it works on' }, { example: 'code_open' })),
    state: text({ zh: '任务状态', en: 'State' }, { example: 'running', values: states }),
    done: integer({ zh: '已完成数量', en: 'Units done' }, { example: '450000' }),
    total: integer({ zh: '总数量', en: 'Units in all' }, { example: '1000000' }),
    error: optional(text({ zh: '失败原因', en: 'Why it failed' })),
    created_at: date({ zh: '创建时间', en: 'When it was asked for' }, { example: '2026-01-02 03:04:05' }),
    started_at: optional(date({ zh: '开始时间', en: 'When it began' }, { example: '2026-01-02 03:04:06' })),
    finished_at: optional(date({ zh: '结束时间', en: 'When it ended' })),
  },
);

/** One job and how far it is. */
export const jobGet = method({
  ...admin,
  errors,
  name: 'piaoquan.job.get',
  title: { zh: '查询后台任务', en: 'Get a job' },
  purpose: { zh: '查询一个后台任务的状态与进度。', en: 'Shows the state and progress of one job.' },
  kind: 'read',
  request: { job_id },
  response: { job },
});

const jobList = method({
  ...admin,
  errors,
  name: 'piaoquan.job.list',
  title: { zh: '后台任务列表', en: 'List jobs' },
  purpose: { zh: '分页列出后台任务，新的在前。', en: 'Lists jobs by pages, the latest first.' },
  kind: 'read',
  request: {
    job_id: optional(integer({ zh: '任务ID', en: 'Only this one' }, { minimum: 1 })),
    state: optional(text({ zh: '任务状态', en: 'State' }, { values: states })),
    mix_id: optional(text({ zh: '所属券码批次', en: 'Batch of codes' }, { maxLength: 128 })),
    cursor: cursor(64),
    page_size,
  },
  response: {
    jobs: list(job, { zh: '任务', en: 'The jobs' }),
    next_cursor,
  },
});

const jobCancel = method({
  ...admin,
  errors,
  name: 'piaoquan.job.cancel',
  title: { zh: '取消后台任务', en: 'Cancel a job' },
  purpose: {
    zh: '停止一个任务。已完成的部分保留；已结束的任务不变。',
    en: 'Stops a job. What it has done stays; a job that has ended stays as it is.',
  },
  kind: 'write',
  request: { job_id },
  response: { job },
});

export const adminJobContracts = [jobGet, jobList, jobCancel] as const;
