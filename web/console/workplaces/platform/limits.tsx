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
          label={{ zh: '设置频率', en: 'Set a frequency' }}
          button={{ type: 'primary' }}
        />
      }
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
        zh: '没有频率限制。可以按应用和接口限制每个时间窗的调用次数。',
        en: 'No frequency is limited. A limit holds the calls of an app to a method in a window of time.',
      }}
    />
  );
}
