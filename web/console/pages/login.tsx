import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Card, Divider, Flex, Form, Input, Typography } from 'antd';
import { useState } from 'react';
import { ApiError, post } from '../api.ts';
import { Refusal } from '../components/states.tsx';
import { useLabels, useLanguage } from '../language.tsx';
import { Themed } from '../themed.tsx';

type Answers = Record<string, string>;

/** What a one-time link is for: to make the first owner, `/console/setup#token`, or to set a new password, `/console/reset#token`. */
type Link = { readonly route: 'setup' | 'reset'; readonly token: string };

function linkOf({ pathname, hash }: Location): Link | undefined {
  const route = /^\/console\/(setup|reset)$/.exec(pathname)?.[1];
  return route === undefined || hash.length < 2 ? undefined : { route: route as Link['route'], token: hash.slice(1) };
}

const TITLES = {
  login: { zh: '票券控制台', en: 'Piaoquan console' },
  setup: { zh: '设置首位所有者', en: 'Make the first owner' },
  reset: { zh: '设置新密码', en: 'Set a new password' },
} as const;

/** Logs in: by name and password and, where it is set up, a code of the authenticator; in a sandbox by one click. */
export default function Login() {
  const t = useLabels();
  const { language, speak } = useLanguage();
  const [link] = useState(() => linkOf(location));
  return (
    <Themed>
      <main className="console-center">
        <Card style={{ width: 'min(400px, 100%)' }}>
          <Flex justify="space-between" align="center">
            <Typography.Title level={1} style={{ fontSize: 20, margin: 0 }}>
              {t(TITLES[link?.route ?? 'login'])}
            </Typography.Title>
            <Button type="text" onClick={() => speak(language === 'zh' ? 'en' : 'zh')}>
              {language === 'zh' ? 'English' : '中文'}
            </Button>
          </Flex>
          <Divider />
          {link === undefined ? <LoginForm /> : <LinkForm link={link} />}
        </Card>
      </main>
    </Themed>
  );
}

/** Goes through a route and, when it opens, asks anew who is logged in. */
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

/** The server marks its page so; in production there is no login by one click. */
const IS_SANDBOX = 'sandbox' in document.documentElement.dataset;

function LoginForm() {
  const t = useLabels();
  const { error, waiting, go } = useDoor();
  const demo = useDoor();
  const isAsked = error instanceof ApiError && error.code === 'totp-required';
  const wantsCode = isAsked || (error instanceof ApiError && error.code === 'wrong-totp');
  return (
    <Form layout="vertical" onFinish={(values: Answers) => go('login', values)}>
      {isAsked ? (
        <Alert type="info" showIcon title={t(error.words)} style={{ marginBottom: 16 }} />
      ) : (
        <Refusal error={error ?? demo.error} />
      )}
      <Form.Item name="login" label={t({ zh: '登录名', en: 'Login' })} rules={[{ required: true }]}>
        <Input autoComplete="username" autoFocus />
      </Form.Item>
      <Form.Item name="password" label={t({ zh: '密码', en: 'Password' })} rules={[{ required: true }]}>
        <Input.Password autoComplete="current-password" />
      </Form.Item>
      {wantsCode && (
        <Form.Item
          name="code"
          label={t({ zh: '验证码或恢复码', en: 'Code of your authenticator, or a recovery code' })}
          rules={[{ required: true }]}
        >
          <Input autoComplete="one-time-code" autoFocus />
        </Form.Item>
      )}
      <Button type="primary" htmlType="submit" block loading={waiting}>
        {t({ zh: '登录', en: 'Log in' })}
      </Button>
      {IS_SANDBOX && (
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
function LinkForm({ link: { route, token } }: { link: Link }) {
  const t = useLabels();
  const { error, waiting, go } = useDoor();
  const isSetup = route === 'setup';
  const submit = async (values: Answers) => {
    await go(route, { ...values, token });
    history.replaceState(null, '', '/console/');
  };
  return (
    <Form layout="vertical" onFinish={submit}>
      <Refusal error={error} />
      {isSetup ? (
        <>
          <Typography.Paragraph type="secondary">
            {t({
              zh: '所有者管理应用、密钥与操作员，可以做控制台里的一切。链接只能用一次。',
              en: 'An owner manages apps, secrets and operators and may do everything in the console. The link works once.',
            })}
          </Typography.Paragraph>
          <Form.Item
            name="login"
            label={t({ zh: '登录名', en: 'Login' })}
            extra={t({
              zh: '小写字母开头，3–32 位小写字母、数字或 . _ -',
              en: '3 to 32 of a–z, 0–9, . _ and -; a letter first',
            })}
            rules={[{ required: true }]}
          >
            <Input autoComplete="username" autoFocus />
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
