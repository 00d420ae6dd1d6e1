import { useQueryClient } from '@tanstack/react-query';
import { Button, Card, Divider, Flex, Form, Input, Typography } from 'antd';
import { useState } from 'react';
import { Refusal } from '../components/states.tsx';
import { DoorError, post } from '../door.ts';
import { useLanguage, useWords } from '../language.tsx';

type Answers = Record<string, string>;

/** What a one-time link is for: to make the first owner, `/console/setup#token`, or to set a new password, `/console/reset#token`. */
type Link = { readonly door: 'setup' | 'reset'; readonly token: string };

function linkOf({ pathname, hash }: Location): Link | undefined {
  const door = /^\/console\/(setup|reset)$/.exec(pathname)?.[1];
  return door === undefined || hash.length < 2 ? undefined : { door: door as Link['door'], token: hash.slice(1) };
}

const TITLES = {
  login: { zh: '票券控制台', en: 'Piaoquan console' },
  setup: { zh: '设置首位所有者', en: 'Make the first owner' },
  reset: { zh: '设置新密码', en: 'Set a new password' },
} as const;

/** Logs in: by name and password and, where it is set up, a code of the authenticator; in a sandbox by one click. */
export function Login() {
  const t = useWords();
  const { language, speak } = useLanguage();
  const [link] = useState(() => linkOf(location));
  return (
    <main className="console-center">
      <Card style={{ width: 'min(400px, 100%)' }}>
        <Flex justify="space-between" align="center">
          <Typography.Title level={1} style={{ fontSize: 20, margin: 0 }}>
            {t(TITLES[link?.door ?? 'login'])}
          </Typography.Title>
          <Button type="text" onClick={() => speak(language === 'zh' ? 'en' : 'zh')}>
            {language === 'zh' ? 'English' : '中文'}
          </Button>
        </Flex>
        <Divider />
        {link === undefined ? <LoginForm /> : <LinkForm link={link} />}
      </Card>
    </main>
  );
}

/** Goes through a door and, when it opens, asks anew who is logged in. */
function useDoor() {
  const queries = useQueryClient();
  const [error, setError] = useState<unknown>();
  const [waiting, setWaiting] = useState(false);
  const go = async (path: string, body: object): Promise<void> => {
    setWaiting(true);
    setError(undefined);
    try {
      await post(path, body);
      await queries.resetQueries({ queryKey: ['me'] });
    } catch (refusal) {
      setError(refusal);
    } finally {
      setWaiting(false);
    }
  };
  return { error, waiting, go };
}

const CODE_WANTED = ['totp-required', 'wrong-totp'];

function LoginForm() {
  const t = useWords();
  const { error, waiting, go } = useDoor();
  const demo = useDoor();
  const [isSandbox, setSandbox] = useState(true);
  const wantsCode = error instanceof DoorError && CODE_WANTED.includes(error.code);
  const isClosed = demo.error instanceof DoorError && demo.error.status === 404;
  if (isClosed && isSandbox) setSandbox(false);
  return (
    <Form layout="vertical" onFinish={(values: Answers) => go('login', values)}>
      <Refusal error={error} />
      <Form.Item name="login" label={t({ zh: '登录名', en: 'Login' })} rules={[{ required: true }]}>
        <Input autoComplete="username" autoFocus />
      </Form.Item>
      <Form.Item name="password" label={t({ zh: '密码', en: 'Password' })} rules={[{ required: true }]}>
        <Input.Password autoComplete="current-password" />
      </Form.Item>
      {wantsCode && (
        <Form.Item
          name="code"
          label={t({ zh: '验证码', en: 'Code of your authenticator' })}
          rules={[{ required: true }]}
        >
          <Input autoComplete="one-time-code" inputMode="numeric" autoFocus />
        </Form.Item>
      )}
      <Button type="primary" htmlType="submit" block loading={waiting}>
        {t({ zh: '登录', en: 'Log in' })}
      </Button>
      {isSandbox && (
        <Button
          type="link"
          block
          loading={demo.waiting}
          style={{ marginTop: 8 }}
          onClick={() => demo.go('demo-login', {})}
        >
          {t({ zh: '以演示所有者进入沙箱', en: 'Enter the sandbox as its demo owner' })}
        </Button>
      )}
    </Form>
  );
}

/** Makes the first owner, or sets the password of the operator whom the link is for, and enters. */
function LinkForm({ link: { door, token } }: { link: Link }) {
  const t = useWords();
  const { error, waiting, go } = useDoor();
  const isSetup = door === 'setup';
  const submit = async (values: Answers) => {
    await go(door, { ...values, token });
    history.replaceState(null, '', '/console/');
  };
  return (
    <Form layout="vertical" onFinish={submit}>
      <Refusal error={error} />
      {isSetup ? (
        <>
          <Form.Item name="login" label={t({ zh: '登录名', en: 'Login' })} rules={[{ required: true }]}>
            <Input autoComplete="username" />
          </Form.Item>
          <Form.Item name="display_name" label={t({ zh: '显示名', en: 'Name to show' })} rules={[{ required: true }]}>
            <Input autoComplete="name" />
          </Form.Item>
        </>
      ) : (
        <Typography.Paragraph type="secondary">
          {t({
            zh: '新密码生效后，两步验证会关闭，其他登录全部退出；请登录后重新开启两步验证。',
            en: 'With the new password the second factor is switched off and every other session ends. Set the second factor up again once you are in.',
          })}
        </Typography.Paragraph>
      )}
      <Form.Item
        name="password"
        label={t({ zh: '密码（至少 10 个字符）', en: 'Password (10 characters or more)' })}
        rules={[{ required: true, min: 10 }]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Button type="primary" htmlType="submit" block loading={waiting}>
        {isSetup ? t({ zh: '创建并进入', en: 'Create and enter' }) : t({ zh: '保存并进入', en: 'Save and enter' })}
      </Button>
    </Form>
  );
}
