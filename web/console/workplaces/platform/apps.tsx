import { Link, useNavigate } from 'react-router';
import { FormButton } from '../../components/action.tsx';
import { ContractList } from '../../components/contract-list.tsx';
import { Tag } from '../../components/tag.tsx';
import { useSession } from '../../session.tsx';
import { packagesFor } from './packages.ts';
import { SecretShown, useSecret } from './secret.tsx';

/** The apps that may call. */
export function Apps() {
  const go = useNavigate();
  const { me } = useSession();
  const { secret, show, hide } = useSecret();
  return (
    <>
      <ContractList
        method="piaoquan.platform.app.list"
        rowKey="app_key"
        columns={['app_key', 'name', 'status', 'packages', 'calls_per_day', 'ip_allow', 'created_at']}
        cells={{
          app_key: (row) => <Link to={`/platform/apps/${row.app_key}`}>{String(row.app_key)}</Link>,
          packages: (row) => <Tag>{(row.packages as string[]).length}</Tag>,
          ip_allow: (row) => (row.ip_allow as string[]).join(' ') || '—',
        }}
        tools={
          <FormButton
            method="piaoquan.platform.app.create"
            label={{ zh: '新建应用', en: 'New app' }}
            button={{ type: 'primary' }}
            keyName="unique_id"
            wishes={{ choices: { 'app.packages': packagesFor(me.role) } }}
            onDone={(answer) => {
              if (typeof answer.secret === 'string') show(String(answer.app_key), answer.secret);
              else go(`/platform/apps/${answer.app_key}`);
            }}
          />
        }
        empty={{
          zh: '还没有应用。合作方用应用的 key 和 secret 签名调用接口。',
          en: 'No app yet. A partner signs calls with the key and secret of an app.',
        }}
      />
      <SecretShown secret={secret} hide={hide} />
    </>
  );
}
