import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Card, Flex, Form, Input, Typography } from 'antd';
import { type ReactNode, useState } from 'react';
import type { Label } from '../../../src/contract/schema.ts';
import { useSay } from '../components/said.tsx';
import { Refusal } from '../components/states.tsx';
import { useLabels } from '../language.tsx';
import { useSession } from '../session.tsx';

type Answers = Readonly<Record<string, string>>;

/** Changes the password and the second factor of one's own account. */
export default function AccountForms() {
  return (
    <Flex vertical gap={16}>
      <Password />
      <SecondFactor />
    </Flex>
  );
}

/** Goes through a route of one's own account and keeps its refusal. */
function useDoor() {
  const t = useLabels();
  const queries = useQueryClient();
  const say = useSay();
  const { change } = useSession();
  const [error, setError] = useState<unknown>();
  const go = async <T,>(path: string, body: object, done?: Label): Promise<T | undefined> => {
    setError(undefined);
    try {
      const answer = await change<T>(path, body);
      if (done !== undefined) say(t(done));
      await queries.invalidateQueries({ queryKey: ['me'] });
      return answer;
    } catch (refusal) {
      setError(refusal);
      return undefined;
    }
  };
  return { error, go };
}

const CHANGED = { zh: '密码已修改，其他会话已结束', en: 'The password is changed; all other sessions have ended' };

function Password() {
  const t = useLabels();
  const { error, go } = useDoor();
  const [form] = Form.useForm<Answers>();
  const change = async (values: Answers) => {
    if ((await go('password', values, CHANGED)) !== undefined) form.resetFields();
  };
  return (
    <Card title={t({ zh: '修改密码', en: 'Change the password' })}>
      <Refusal error={error} />
      <Form form={form} name="change" layout="vertical" onFinish={change}>
        <Secret name="password" words={{ zh: '现在的密码', en: 'Present password' }} autoComplete="current-password" />
        <Secret
          name="new_password"
          words={{ zh: '新密码（至少 10 个字符）', en: 'New password (10 characters or more)' }}
          autoComplete="new-password"
          least={10}
        />
        <Button type="primary" htmlType="submit">
          {t({ zh: '修改并结束其他会话', en: 'Change it and end all other sessions' })}
        </Button>
      </Form>
    </Card>
  );
}

type SecretProps = { name: string; words: Label; autoComplete: string; least?: number };

function Secret({ name, words, autoComplete, least }: SecretProps) {
  const t = useLabels();
  return (
    <Form.Item name={name} label={t(words)} rules={[{ required: true, ...(least !== undefined && { min: least }) }]}>
      <Input.Password autoComplete={autoComplete} />
    </Form.Item>
  );
}

const REMOVED = { zh: '两步验证已关闭', en: 'The second factor is off' };

type Offer = { secret: string; picture: string };

function SecondFactor() {
  const t = useLabels();
  const { me } = useSession();
  const { error, go } = useDoor();
  const [offer, setOffer] = useState<Offer>();
  const [codes, setCodes] = useState<readonly string[]>([]);
  const begin = async (values: Answers) => {
    const offered = await go<{ secret: string; otpauth_uri: string }>('totp/begin', values);
    if (offered === undefined) return;
    const { toDataURL } = await import('qrcode');
    setOffer({ secret: offered.secret, picture: await toDataURL(offered.otpauth_uri, { margin: 2, width: 220 }) });
  };
  const confirm = async (values: Answers) => {
    const confirmed = await go<{ recovery_codes: string[] }>('totp/confirm', values);
    if (confirmed === undefined) return;
    setOffer(undefined);
    setCodes(confirmed.recovery_codes);
  };
  let body: ReactNode;
  if (codes.length > 0) body = <Recovery codes={codes} />;
  else if (offer !== undefined) body = <Confirm offer={offer} onConfirm={confirm} />;
  else if (me.totp)
    body = <Remove left={me.totp_recovery_left} onRemove={(values) => void go('totp/remove', values, REMOVED)} />;
  else body = <Begin onBegin={begin} />;
  return (
    <Card title={t({ zh: '两步验证', en: 'Second factor' })}>
      <Refusal error={error} />
      {body}
    </Card>
  );
}

function Begin({ onBegin }: { onBegin: (values: Answers) => void }) {
  const t = useLabels();
  return (
    <Form name="factor" layout="vertical" onFinish={onBegin}>
      <p>
        {t({
          zh: '登录时除密码外，还要输入手机验证器上的六位数字。',
          en: 'Logging in then takes, beside the password, the six digits that an authenticator on your phone shows.',
        })}
      </p>
      <Secret name="password" words={{ zh: '密码', en: 'Password' }} autoComplete="current-password" />
      <Button htmlType="submit">{t({ zh: '开始设置', en: 'Set it up' })}</Button>
    </Form>
  );
}

function Confirm({ offer, onConfirm }: { offer: Offer; onConfirm: (values: Answers) => void }) {
  const t = useLabels();
  return (
    <Form name="factor" layout="vertical" onFinish={onConfirm}>
      <p>
        {t({
          zh: '用验证器扫描，再输入它显示的数字。',
          en: 'Scan it with the authenticator, then enter what it shows.',
        })}
      </p>
      <img
        src={offer.picture}
        width={220}
        height={220}
        alt={t({ zh: '两步验证二维码', en: 'QR code of the second factor' })}
      />
      <Typography.Paragraph copyable className="console-id">
        {offer.secret}
      </Typography.Paragraph>
      <Form.Item name="code" label={t({ zh: '验证码', en: 'Code' })} rules={[{ required: true }]}>
        <Input inputMode="numeric" autoComplete="one-time-code" />
      </Form.Item>
      <Button type="primary" htmlType="submit">
        {t({ zh: '启用', en: 'Turn it on' })}
      </Button>
    </Form>
  );
}

function Recovery({ codes }: { codes: readonly string[] }) {
  const t = useLabels();
  return (
    <>
      <Alert
        type="success"
        showIcon
        title={t({
          zh: '已启用。请保存恢复码：手机丢失时每个可用一次，只显示这一次。',
          en: 'It is on. Keep the recovery codes: each works once should the phone be lost. They are shown this once.',
        })}
      />
      <Typography.Paragraph
        copyable={{ text: codes.join('\n') }}
        className="console-id"
        style={{ whiteSpace: 'pre-line', marginTop: 16 }}
      >
        {codes.join('\n')}
      </Typography.Paragraph>
    </>
  );
}

function Remove({ left, onRemove }: { left: number; onRemove: (values: Answers) => void }) {
  const t = useLabels();
  return (
    <Form name="factor" layout="vertical" onFinish={onRemove}>
      <p>{t({ zh: `已启用，还有 ${left} 个恢复码。`, en: `It is on; ${left} recovery codes are left.` })}</p>
      <Secret name="password" words={{ zh: '密码', en: 'Password' }} autoComplete="current-password" />
      <Form.Item
        name="code"
        label={t({ zh: '验证码或恢复码', en: 'Code or recovery code' })}
        rules={[{ required: true }]}
      >
        <Input autoComplete="one-time-code" />
      </Form.Item>
      <Button danger htmlType="submit">
        {t({ zh: '关闭两步验证', en: 'Turn it off' })}
      </Button>
    </Form>
  );
}
