import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { AnswerOf } from '../client.ts';
import { fieldAt, knownContract } from '../contracts.ts';
import { useLabels } from '../language.tsx';
import { grouped } from '../numbers.ts';
import { useSession } from '../session.tsx';
import { ConfirmButton } from './action.tsx';
import { Bar } from './bar.tsx';
import { Flex } from './flex.tsx';
import { Refusal } from './states.tsx';

/** Work in the background, as `piaoquan.job.get` shows it. */
export type Job = AnswerOf<'piaoquan.job.get'>['job'];

const ENDED = ['done', 'failed', 'cancelled'];
const EVERY_MS = 1000;
const states = fieldAt(knownContract('piaoquan.job.get').response, 'job.state').note.values ?? {};

const hasEnded = ({ state }: Pick<Job, 'state'>): boolean => ENDED.includes(state);

type Progressed = Pick<Job, 'state' | 'done' | 'total'>;

/** How far a job is, as a bar. */
export function JobBar({ job: { state, done, total } }: { job: Progressed }) {
  const t = useLabels();
  const percent = total === 0 ? 100 : Math.floor((done / total) * 100);
  const look = state === 'failed' ? 'bad' : state === 'done' ? 'good' : undefined;
  return (
    <Bar percent={percent} state={look} label={t({ zh: '进度', en: 'Progress' })}>
      {`${percent}%`}
    </Bar>
  );
}

/** Stops a job; nothing once it has ended. */
export function CancelJob({ job }: { job: Progressed & Pick<Job, 'job_id'> }) {
  const { job_id, done, total } = job;
  if (hasEnded(job)) return null;
  const [part, all] = [grouped(done), grouped(total)];
  return (
    <ConfirmButton
      method="piaoquan.job.cancel"
      request={{ job_id }}
      danger
      label={{ zh: '取消任务', en: 'Cancel' }}
      consequence={{
        zh: `已完成的 ${part}/${all} 保留，其余不再进行。`,
        en: `What is done, ${part} of ${all}, stays; the rest is not carried out.`,
      }}
    />
  );
}

/** One job, looked at every second until it has ended; then every list and detail is asked for again. */
export function LiveJob({ job_id }: { job_id: number }) {
  const t = useLabels();
  const { client } = useSession();
  const queries = useQueryClient();
  const { data: job, error } = useQuery({
    queryKey: ['job', job_id],
    queryFn: async ({ signal }) => (await client.call('piaoquan.job.get', { job_id }, { signal })).job,
    refetchInterval: ({ state }) => (state.data !== undefined && hasEnded(state.data) ? false : EVERY_MS),
  });
  const ended = job !== undefined && hasEnded(job);
  useEffect(() => {
    if (ended) void queries.invalidateQueries();
  }, [ended, queries]);
  if (job === undefined) return <Refusal error={error} />;
  return (
    <Flex vertical gap={4} role="status">
      <Flex wrap gap={12} align="center">
        <strong>{t(states[job.state] ?? { zh: job.state, en: job.state })}</strong>
        <span className="console-number">
          {grouped(job.done)} / {grouped(job.total)}
        </span>
        <CancelJob job={job} />
      </Flex>
      <JobBar job={job} />
      {job.error !== undefined && <span className="console-bad">{job.error}</span>}
    </Flex>
  );
}
