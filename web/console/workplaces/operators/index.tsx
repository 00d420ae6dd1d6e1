import { Suspense, useState } from 'react';
import { ROLES, type Role } from '../../../../src/contract/platform/roles.ts';
import { ConfirmButton, FormButton } from '../../components/action.tsx';
import { ContractList } from '../../components/contract-list.tsx';
import { Flex } from '../../components/flex.tsx';
import { Panel } from '../../components/panel.tsx';
import { Tag } from '../../components/tag.tsx';
import { useLabels, useLanguage } from '../../language.tsx';
import { themed } from '../../lazy-page.tsx';

const passwordDialog = themed(() => import('./password.tsx'));

/** The people who may enter the console, and where they are logged in; owners only. */
export default function Operators() {
  const { language } = useLanguage();
  const [password, setPassword] = useState<string>();
  const show = (answer: Readonly<Record<string, unknown>>) => {
    if (typeof answer.password === 'string') setPassword(answer.password);
  };
  return (
    <Flex vertical gap={16}>
      <ContractList
        method="piaoquan.operator.list"
        rowKey="login"
        titles={{
          totp: { zh: '两步验证', en: 'Second factor' },
          password_temporary: { zh: '待改初始密码', en: 'First password to change' },
          session_count: { zh: '会话数', en: 'Sessions' },
        }}
        cells={{
          role: ({ role }) => <Tag color="blue">{language === 'zh' ? ROLES[role as Role].zh : String(role)}</Tag>,
        }}
        tools={
          <FormButton
            method="piaoquan.operator.save"
            label={{ zh: '新建操作员', en: 'New operator' }}
            button={{ type: 'primary' }}
            onDone={show}
          />
        }
        actions={({ login, display_name, role, status }) => (
          <Flex gap={8}>
            <FormButton
              method="piaoquan.operator.save"
              label={{ zh: '修改', en: 'Edit' }}
              button={{ size: 'small' }}
              initial={{ operator: { login, display_name, role } }}
              wishes={{ fixed: ['operator.login'] }}
            />
            <ConfirmButton
              method="piaoquan.operator.password.reset"
              request={{ login }}
              label={{ zh: '重置密码', en: 'Reset password' }}
              consequence={{
                zh: `${login} 的登录会话全部结束，得到一个仅显示一次的新密码。`,
                en: `Every session of ${login} ends, and a new password is shown once.`,
              }}
              onDone={show}
            />
            <ConfirmButton
              method="piaoquan.operator.status.update"
              request={{ login, status: status === 1 ? 2 : 1 }}
              danger={status === 1}
              label={status === 1 ? { zh: '停用', en: 'Suspend' } : { zh: '启用', en: 'Take up again' }}
              consequence={
                status === 1
                  ? { zh: `${login} 立即退出，不能再登录。`, en: `${login} is logged out at once and cannot log in.` }
                  : { zh: `${login} 可以重新登录。`, en: `${login} may log in again.` }
              }
            />
          </Flex>
        )}
        empty={{ zh: '没有操作员。', en: 'No operators.' }}
      />
      <Sessions />
      <Suspense>
        {password !== undefined && <passwordDialog.Shown password={password} hide={() => setPassword(undefined)} />}
      </Suspense>
    </Flex>
  );
}

function Sessions() {
  const t = useLabels();
  return (
    <Panel title={t({ zh: '登录会话', en: 'Console sessions' })}>
      <ContractList
        method="piaoquan.operator.session.list"
        rowKey="session_id"
        columns={['login', 'used_at', 'created_at', 'expires_at', 'address', 'user_agent']}
        cells={{
          user_agent: ({ user_agent }) => (
            <span className="console-cut" title={String(user_agent)}>
              {String(user_agent)}
            </span>
          ),
        }}
        actions={({ session_id, login }) => (
          <ConfirmButton
            method="piaoquan.operator.session.revoke"
            request={{ session_id }}
            danger
            label={{ zh: '结束', en: 'End' }}
            consequence={{ zh: `${login} 须重新登录。`, en: `${login} must log in again.` }}
          />
        )}
        empty={{ zh: '没有登录会话。', en: 'Nobody is logged in.' }}
      />
    </Panel>
  );
}
