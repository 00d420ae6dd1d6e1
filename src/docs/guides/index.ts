import type { Label } from '../../contract/schema.ts';

/** A guide written by hand: its text stands in `zh/{slug}.md` and `en/{slug}.md` beside this file. */
export type GuideEntry = {
  /** Last part of the guide's address. */
  readonly slug: string;
  readonly title: Label;
  /** One sentence for lists. */
  readonly summary: Label;
};

/** The guides in the order in which they are best read. */
export const guides: readonly GuideEntry[] = [
  {
    slug: 'first-call',
    title: { zh: '五分钟完成第一次调用', en: 'Your first call in five minutes' },
    summary: {
      zh: '启动沙箱，用命令行、curl 或现有 SDK 调通第一个接口。',
      en: 'Start the sandbox and reach a method from the command line, with curl, or with the SDK you have.',
    },
  },
  {
    slug: 'signing',
    title: { zh: '签名详解', en: 'Signing, step by step' },
    summary: {
      zh: '排序、拼接、摘要三步，附在线计算器与错误排查。',
      en: 'Sort, join, digest; with a live calculator and what to do about error 25.',
    },
  },
  {
    slug: 'sessions',
    title: { zh: '用户授权与会话', en: 'Sessions and authorisation' },
    summary: {
      zh: '让用户授权、换取会话密钥、刷新与失效。',
      en: 'Have a user authorise your app, get a session key, refresh it, and what ends it.',
    },
  },
  {
    slug: 'errors',
    title: { zh: '错误与重试', en: 'Errors and retries' },
    summary: {
      zh: '三类失败怎么区分，哪些可以重试，怎样重试才安全。',
      en: 'Three kinds of failure, which of them to retry, and how to retry safely.',
    },
  },
  {
    slug: 'idempotency',
    title: { zh: '幂等与业务键', en: 'Idempotency and business keys' },
    summary: {
      zh: '每个写接口的业务键、重复请求的结果与冲突。',
      en: 'The business key of every write, what a repeated call answers, and conflicts.',
    },
  },
  {
    slug: 'paging',
    title: { zh: '分页与游标', en: 'Pages and cursors' },
    summary: {
      zh: '导出券码、增量拉取核销，不漏不重。',
      en: 'Export codes and follow redemptions without missing or repeating one.',
    },
  },
  {
    slug: 'limits',
    title: { zh: '配额与限制', en: 'Quotas and limits' },
    summary: {
      zh: '调用量、频率、大小与超时。',
      en: 'Calls per day, frequencies, sizes and timeouts.',
    },
  },
  {
    slug: 'production',
    title: { zh: '上线部署', en: 'Going to production' },
    summary: {
      zh: '数据库、主密钥、启动、监控、对账、备份与密钥轮换。',
      en: 'Database, master key, start, monitoring, audit, backups and rotation of secrets.',
    },
  },
];
