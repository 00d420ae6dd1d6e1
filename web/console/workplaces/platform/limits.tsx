import { ConfirmButton, FormButton } from '../../components/action.tsx';
import { ContractList } from '../../components/contract-list.tsx';

/** Frequencies by app and method; `*` stands for all apps together. */
export function Limits() {
  return (
    <ContractList
      method="piaoquan.platform.frequency.list"
      rowKey={(row) => `${row.app_key} ${row.method}`}
      tools={
        <FormButton
          method="piaoquan.platform.frequency.save"
          label={{ zh: '设置频率限制', en: 'Set a limit' }}
          button={{ type: 'primary' }}
        />
      }
      needs="piaoquan.platform.frequency.delete"
      actions={({ app_key, method }) => (
        <ConfirmButton
          method="piaoquan.platform.frequency.delete"
          request={{ frequency: { app_key, method } }}
          danger
          label={{ zh: '取消', en: 'Lift' }}
          consequence={{
            zh: `应用 ${app_key} 调用 ${method} 不再限频，只受每日总量限制。`,
            en: `Calls of app ${app_key} to ${method} are then held by the daily quota only.`,
          }}
        />
      )}
      empty={{
        zh: '还没有频率限制。可以按应用和接口限制每个时间窗内的调用次数。',
        en: 'No limits yet. A limit caps how often an app may call a method within a window of time.',
      }}
    />
  );
}
