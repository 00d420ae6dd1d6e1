import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { ConfirmButton, FormButton } from '../../components/action.tsx';
import { Bar } from '../../components/bar.tsx';
import { ContractList } from '../../components/contract-list.tsx';
import { Copyable } from '../../components/copyable.tsx';
import { Details } from '../../components/details.tsx';
import { Flex } from '../../components/flex.tsx';
import { Panel } from '../../components/panel.tsx';
import { Head } from '../../components/sections.tsx';
import { Failure, Waiting } from '../../components/states.tsx';
import { Tag } from '../../components/tag.tsx';
import { instantText } from '../../components/value.tsx';
import { fieldAt, knownContract } from '../../contracts.ts';
import { useLabels } from '../../language.tsx';
import { grouped } from '../../numbers.ts';
import { useSession } from '../../session.tsx';
import { mayLearnSecret, packagesFor } from './packages.ts';
import { SecretShown, useSecret } from './secret.tsx';

type App = {
  app_key: string;
  name: string;
  status: number;
  ip_allow?: string[];
  callback_urls?: string[];
  sign_methods?: string[];
  calls_per_day: number;
  packages?: string[];
  secrets?: { created_at: Date; expires_at?: Date }[];
};

/** One app: its settings, secrets, packages, use of its quotas, and sessions. */
export function AppPage() {
  const { app_key = '' } = useParams();
  const { client } = useSession();
  const found = useQuery({
    queryKey: ['app', app_key],
    queryFn: async () => (await client.call('piaoquan.platform.app.get', { query: { app_key } })).app as App,
  });
  if (found.error) return <Failure error={found.error} again={() => found.refetch()} />;
  if (found.data === undefined) return <Waiting />;
  return <AppDetail app={found.data} />;
}

function AppDetail({ app }: { app: App }) {
  const t = useLabels();
  const { secret, show, hide } = useSecret();
  const { app_key, name, status, ip_allow = [], callback_urls = [], sign_methods = [], calls_per_day } = app;
  const live = status === 1;
  return (
    <Flex vertical gap={16}>
      <Head title={name}>
        <FormButton
          method="piaoquan.platform.app.save"
          label={{ zh: '修改', en: 'Edit' }}
          initial={{ app: { app_key, name, status, ip_allow, callback_urls, sign_methods, calls_per_day } }}
          wishes={{ fixed: ['app.app_key'] }}
        />
        <RotateButton app={app} onDone={(answer) => show(app_key, String(answer.secret))} />
        <ConfirmButton
          method="piaoquan.platform.app.save"
          request={{ app: { app_key, status: live ? 2 : 1 } }}
          danger={live}
          button={{ size: 'middle' }}
          label={live ? { zh: '停用', en: 'Suspend' } : { zh: '启用', en: 'Take up again' }}
          consequence={
            live
              ? {
                  zh: `应用 ${app_key} 的所有调用将立即被拒绝。`,
                  en: `Every call of app ${app_key} is refused from now on.`,
                }
              : { zh: `应用 ${app_key} 可以重新调用。`, en: `App ${app_key} may call again.` }
          }
        />
      </Head>
      <Details
        schema={fieldAt(knownContract('piaoquan.platform.app.get').response, 'app').schema}
        value={app}
        cells={{
          ip_allow: () => ip_allow.join(' ') || t({ zh: '不限', en: 'anywhere' }),
          callback_urls: () => callback_urls.join(' ') || '—',
          sign_methods: () => sign_methods.join(' ') || t({ zh: '不限', en: 'any' }),
        }}
      />
      <Secrets app={app} />
      <Packages app={app} />
      <Panel title={t({ zh: '限额与用量', en: 'Quotas and their use' })}>
        <Quotas app_key={app_key} />
      </Panel>
      <Panel title={t({ zh: '会话', en: 'Sessions' })}>
        <Sessions app_key={app_key} />
      </Panel>
      <SecretShown secret={secret} hide={hide} />
    </Flex>
  );
}

/** No button for an app of administration unless owners look at it: whoever learns its secret may do what it may. */
function RotateButton({ app, onDone }: { app: App; onDone: (answer: Readonly<Record<string, unknown>>) => void }) {
  const t = useLabels();
  const { me } = useSession();
  if (!mayLearnSecret(me.role, app.packages ?? [])) return null;
  return (
    <FormButton
      method="piaoquan.platform.app.secret.rotate"
      label={{ zh: '轮换密钥', en: 'Rotate secret' }}
      initial={{ rotation: { app_key: app.app_key, overlap_seconds: 86_400 } }}
      wishes={{ fixed: ['rotation.app_key'] }}
      onDone={onDone}
    >
      <p>
        {t({
          zh: '重叠期内新旧密钥都有效，合作方换好后旧密钥自动失效。',
          en: 'During the overlap both secrets work; the old one ends by itself when the partner has changed over.',
        })}
      </p>
    </FormButton>
  );
}

function Secrets({ app }: { app: App }) {
  const t = useLabels();
  return (
    <Panel title={t({ zh: '有效密钥', en: 'Live secrets' })}>
      {(app.secrets ?? []).map(({ created_at, expires_at }) => (
        <p key={created_at.getTime()}>
          {t({ zh: '创建于', en: 'made' })} {instantText(created_at)}
          {expires_at !== undefined && (
            <span style={{ marginInlineStart: 8 }}>
              <Tag color="orange">
                {t({ zh: '失效于', en: 'ends' })} {instantText(expires_at)}
              </Tag>
            </span>
          )}
        </p>
      ))}
    </Panel>
  );
}

const OWNERS_ONLY = {
  zh: '管理类权限包只能由所有者授予，不在可选之列。',
  en: 'Packages of administration are given by owners alone and are not among the choices.',
};

function Packages({ app }: { app: App }) {
  const t = useLabels();
  const { me } = useSession();
  const { app_key, packages: own = [] } = app;
  return (
    <Panel
      title={t({ zh: '权限包', en: 'Permission packages' })}
      extra={
        <FormButton
          method="piaoquan.platform.app.packages.set"
          label={{ zh: '设置', en: 'Set' }}
          initial={{ grant: { app_key, packages: own } }}
          wishes={{ fixed: ['grant.app_key'], choices: { 'grant.packages': packagesFor(me.role) } }}
        >
          {me.role !== 'owner' && <p>{t(OWNERS_ONLY)}</p>}
        </FormButton>
      }
    >
      <Flex wrap gap={8}>
        {own.map((each) => (
          <Tag key={each}>{each}</Tag>
        ))}
        {own.length === 0 && t({ zh: '没有权限包，任何接口都不能调用。', en: 'None: no method may be called.' })}
      </Flex>
    </Panel>
  );
}

/** Limits of an app with what is used of each in its present window. */
export function Quotas({ app_key }: { app_key: string }) {
  const t = useLabels();
  return (
    <ContractList
      method="piaoquan.platform.quota.list"
      fixed={{ query: { app_key } }}
      every={5000}
      rowKey={(row) => `${row.app_key} ${row.method ?? ''}`}
      columns={['method', 'max_calls', 'used', 'window_seconds', 'window_end']}
      cells={{
        method: (row) =>
          row.method === undefined ? t({ zh: '每日总量', en: 'all calls of a day' }) : String(row.method),
        used: (row) => (
          <Bar label={t({ zh: '已用', en: 'Used' })} percent={(Number(row.used) / Number(row.max_calls)) * 100}>
            {grouped(Number(row.used))}
          </Bar>
        ),
      }}
      empty={{ zh: '没有限额。', en: 'No limits.' }}
    />
  );
}

/** Letters of a session's id, a hash, that are shown. */
const SHOWN = 12;

function Sessions({ app_key }: { app_key: string }) {
  const t = useLabels();
  return (
    <ContractList
      method="piaoquan.platform.session.list"
      fixed={{ query: { app_key } }}
      rowKey="session_id"
      columns={['user_id', 'nick', 'created_at', 'expires_at', 'revoked_at', 'session_id']}
      cells={{
        session_id: ({ session_id }) => (
          <Copyable text={String(session_id)}>{String(session_id).slice(0, SHOWN)}…</Copyable>
        ),
      }}
      needs="piaoquan.platform.session.revoke"
      actions={(row) =>
        row.revoked_at === undefined ? (
          <ConfirmButton
            method="piaoquan.platform.session.revoke"
            request={{ session_id: row.session_id }}
            danger
            label={{ zh: '吊销', en: 'Revoke' }}
            consequence={{
              zh: `用户 ${row.nick} 的会话立即失效，应用须重新授权。`,
              en: `The session of ${row.nick} ends at once; the app must be authorised again.`,
            }}
          />
        ) : (
          <Tag>{t({ zh: '已吊销', en: 'revoked' })}</Tag>
        )
      }
      empty={{
        zh: '没有会话。用户授权或在此签发后出现。',
        en: 'No session. They appear when users authorise the app.',
      }}
    />
  );
}
