import { useFromAddress } from '../../address.ts';
import { ContractList, type Row } from '../../components/contract-list.tsx';
import { CancelJob, type Job, JobBar } from '../../components/job.tsx';

/** Work in the background, such as making and importing codes: how far it is, and a way to stop it. */
export function Jobs({ fixed = {} }: { fixed?: Row }) {
  const asked = useFromAddress(['mix_id', 'job_id'], ['job_id']);
  return (
    <ContractList
      method="piaoquan.job.list"
      fixed={fixed}
      initial={asked}
      every={2000}
      rowKey="job_id"
      cells={{ done: (row) => <JobBar job={row as Job} /> }}
      needs="piaoquan.job.cancel"
      actions={(row) => <CancelJob job={row as Job} />}
      empty={{
        zh: '没有后台任务。生成或导入券码时出现。',
        en: 'No jobs. They appear when codes are made or imported.',
      }}
    />
  );
}
