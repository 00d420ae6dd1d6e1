import type { Label } from '../contract/schema.ts';
import { FOREIGN } from '../gateway/http/own-hosts.ts';

type Entry = { readonly status: number; readonly message: Label };

/** Every refusal of the console's routes: its HTTP status and what to tell. */
export const CONSOLE_ERRORS = {
  'unreadable-body': { status: 400, message: { zh: '请求体应为 JSON 对象。', en: 'The body must be a JSON object.' } },
  'missing-field': { status: 400, message: { zh: '缺少必填项。', en: 'A required field is missing.' } },
  'wrong-field': {
    status: 400,
    message: { zh: '填写的内容不合要求。', en: 'The field does not have the right form.' },
  },
  'weak-password': {
    status: 400,
    message: {
      zh: '密码至少 10 个字符，不能包含登录名，也不能只用一两种字符重复。',
      en: 'A password has at least 10 characters, does not contain the login, and is not one or two characters repeated.',
    },
  },
  'no-session': { status: 401, message: { zh: '尚未登录或登录已过期。', en: 'You are not logged in, or no longer.' } },
  'wrong-login': { status: 401, message: { zh: '登录名或密码不正确。', en: 'Login or password is wrong.' } },
  'totp-required': {
    status: 401,
    message: { zh: '请输入验证器上的验证码。', en: 'Enter the code that your authenticator shows.' },
  },
  'wrong-totp': {
    status: 401,
    message: {
      zh: '验证码不正确或已用过，请等待下一个。',
      en: 'The code is wrong or was used already. Wait for the next one.',
    },
  },
  ...FOREIGN,
  csrf: {
    status: 403,
    message: { zh: '页面已过期，请刷新后再试。', en: 'The page is out of date. Reload it and try again.' },
  },
  'wrong-password': { status: 403, message: { zh: '当前密码不正确。', en: 'The present password is wrong.' } },
  'password-change-required': {
    status: 403,
    message: { zh: '请先修改初始密码。', en: 'Change the password you were given first.' },
  },
  'setup-link': {
    status: 403,
    message: {
      zh: '链接无效、已过期或已使用。重新启动服务可得到新链接（仅在没有所有者时）。',
      en: 'The link is wrong, out of date or used. A restart of the server prints a new one while there is no owner.',
    },
  },
  'reset-link': {
    status: 403,
    message: {
      zh: '链接无效、已过期或已使用。请管理员在服务器上用 piaoquan operator link 生成新链接。',
      en: 'The link is wrong, out of date or used. Whoever runs the server makes a new one: piaoquan operator link.',
    },
  },
  'not-found': { status: 404, message: { zh: '没有这个地址。', en: 'Nothing is served here.' } },
  'totp-is-on': { status: 409, message: { zh: '两步验证已开启。', en: 'The second factor is on already.' } },
  'totp-is-off': { status: 409, message: { zh: '两步验证未开启。', en: 'The second factor is not on.' } },
  'no-password': {
    status: 409,
    message: { zh: '演示账号没有密码。', en: 'The demo account has no password.' },
  },
  'too-large': { status: 413, message: { zh: '请求体过大。', en: 'The request is too large.' } },
  locked: {
    status: 429,
    message: { zh: '尝试次数过多，请稍后再试。', en: 'Too many attempts. Wait and try again.' },
  },
  internal: {
    status: 500,
    message: { zh: '服务器内部错误，请稍后再试。', en: 'Something went wrong here. Try again.' },
  },
  busy: { status: 503, message: { zh: '服务器繁忙，请稍后再试。', en: 'The server is busy. Try again in a moment.' } },
} as const satisfies Record<string, Entry>;

/** Name of a refusal. */
export type ConsoleErrorCode = keyof typeof CONSOLE_ERRORS;

/** A refusal of the console, with the field at fault or the seconds to wait where there are any. */
export class ConsoleError extends Error {
  override name = 'ConsoleError';
  readonly code: ConsoleErrorCode;
  readonly detail: { readonly field?: string; readonly wait_seconds?: number };

  constructor(code: ConsoleErrorCode, detail: { field?: string; wait_seconds?: number } = {}) {
    super(code);
    this.code = code;
    this.detail = detail;
  }
}

/** A JSON object that a page sent. */
export type Body = Readonly<Record<string, unknown>>;

/** A text of a body. Throws missing-field or wrong-field with its name. */
export function textOf(body: Body, field: string, { least = 1, most = 256 } = {}): string {
  const value = body[field];
  if (value === undefined || value === null || value === '') throw new ConsoleError('missing-field', { field });
  // Characters, not bytes; control characters have no business in any field here.
  const fits = typeof value === 'string' && value.length >= least && value.length <= most && !/\p{Cc}/u.test(value);
  if (!fits) throw new ConsoleError('wrong-field', { field });
  return value;
}

/** A text of a body that may be absent. */
export const optionalText = (body: Body, field: string): string | undefined =>
  body[field] == null || body[field] === '' ? undefined : textOf(body, field);
