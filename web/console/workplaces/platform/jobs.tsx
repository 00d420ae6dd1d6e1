import { Progress } from 'antd';
import { useFromAddress } from '../../address.ts';
import { ConfirmButton } from '../../components/action.tsx';
import { ContractList } from '../../components/contract-list.tsx';

const ENDED = ['done', 'failed', 'cancelled'];

/** Work in the background, such as making and importing codes: how far it is, and a way to stop it. */
export function Jobs() {
  const asked = useFromAddress(['mix_id']);
  return (
    <ContractList
      method="piaoquan.job.list"
      initial={asked}
      every={2000}
      rowKey="job_id"
      cells={{
        done: ({ done, total, state }) => (
          <Progress
            size="small"
            style={{ minWidth: 160 }}
            percent={Number(total) === 0 ? 100 : Math.floor((Number(done) / Number(total)) * 100)}
            status={
              state === 'failed'
                ? 'exception'
                : state === 'done'
                  ? 'success'
                  : ENDED.includes(String(state))
                    ? 'normal'
                    : 'active'
            }
          />
        ),
      }}
      actions={({ job_id, state, done, total }) =>
        !ENDED.includes(String(state)) && (
          <ConfirmButton
            method="piaoquan.job.cancel"
            request={{ job_id }}
            danger
            label={{ zh: '取消任务', en: 'Cancel' }}
            consequence={{
              zh: `已完成的 ${done}/${total} 保留，其余不再进行。`,
              en: `What is done, ${done} of ${total}, stays; the rest is not carried out.`,
            }}
          />
        )
      }
      empty={{
        zh: '没有后台任务。生成或导入券码时出现。',
        en: 'No jobs. They appear when codes are made or imported.',
      }}
    />
  );
}
