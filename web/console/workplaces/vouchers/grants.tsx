import { ConfirmButton, FormButton } from '../../components/action.tsx';
import { Panel } from '../../components/panel.tsx';
import { Nothing } from '../../components/states.tsx';
import { Table } from '../../components/table.tsx';
import { idText } from '../../components/value.tsx';
import { useLabels } from '../../language.tsx';
import { useSession } from '../../session.tsx';
import type { Batch } from './batch-info.ts';

/** Who may export a batch and issue its codes: users, each as a partner. */
export function Grants({ batch: { mix_id, grants } }: { batch: Batch }) {
  const t = useLabels();
  const { may } = useSession();
  return (
    <Panel
      title={t({ zh: '谁可以导出与发放', en: 'Who may export and issue' })}
      extra={
        <FormButton
          method="piaoquan.voucher.grant.save"
          label={{ zh: '授权', en: 'Grant' }}
          button={{ type: 'primary' }}
          extra={{ mix_id }}
        >
          <p>
            {t({
              zh: '该用户授权给应用的会话，可以用这个渠道编码导出本批次全部券码明文、发放其券码。',
              en: 'Apps with a session of this user may, by this partner code, export every code of the batch in plain and issue its codes.',
            })}
          </p>
        </FormButton>
      }
    >
      <Table
        small
        rowKey={({ partner_code, user_id }) => `${partner_code} ${user_id}`}
        rows={grants}
        empty={
          <Nothing
            words={{
              zh: '还没有授权：没有渠道能导出或发放这个批次。授权给一个用户与渠道编码。',
              en: 'No grant: no partner can export or issue this batch. Grant it to a user and a partner code.',
            }}
          />
        }
        columns={[
          {
            key: 'partner_code',
            title: t({ zh: '渠道编码', en: 'Partner code' }),
            cell: ({ partner_code }) => idText(partner_code),
          },
          { key: 'user_id', title: t({ zh: '用户 ID', en: 'User id' }), cell: ({ user_id }) => idText(user_id) },
          ...(may('piaoquan.voucher.grant.delete')
            ? [
                {
                  key: 'actions',
                  title: t({ zh: '操作', en: 'Actions' }),
                  className: 'console-stays',
                  cell: ({ partner_code, user_id }: Batch['grants'][number]) => (
                    <ConfirmButton
                      method="piaoquan.voucher.grant.delete"
                      request={{ mix_id, partner_code, user_id }}
                      danger
                      label={{ zh: '取消授权', en: 'Take back' }}
                      consequence={{
                        zh: `用户 ${user_id} 立即不能再以 ${partner_code} 导出或发放这个批次；已导出和发出的不受影响。`,
                        en: `User ${user_id} can no longer export or issue this batch as ${partner_code}, at once. What was exported or issued stays so.`,
                      }}
                    />
                  ),
                },
              ]
            : []),
        ]}
      />
    </Panel>
  );
}
