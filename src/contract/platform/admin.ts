import { admin, cursor, is_success, next_cursor, page_size } from '../common.ts';
import { method } from '../method.ts';
import { date, integer, list, optional, setting, struct, text } from '../schema.ts';
import { app_key, errors, session_id, sign_methods, user_id } from './admin-fields.ts';
import { adminLimitContracts } from './admin-limits.ts';

const name = text({ zh: '应用名称', en: 'Name of the app' }, { example: '合作方应用', maxLength: 100 });
const status = integer(
  { zh: '状态', en: 'State' },
  { example: '1', values: { '1': { zh: '正常', en: 'live' }, '2': { zh: '停用', en: 'suspended' } } },
);
const ip_allow = list(
  text({ zh: '地址或网段', en: 'An address or a range' }, { example: '10.0.0.0/8', maxLength: 64 }),
  { zh: 'IP白名单,空为不限', en: 'Addresses that may call; an empty list: any' },
  { maxItems: 100, unique: true },
);
const callback_urls = list(
  text({ zh: '回调地址', en: 'A callback address' }, { example: 'https://example.com/callback', maxLength: 512 }),
  { zh: '授权回调地址', en: 'Where the consent page may send users' },
  { maxItems: 20, unique: true },
);
const calls_per_day = integer(
  { zh: '每日调用上限(GMT+8)', en: 'Calls a day of GMT+8' },
  { example: '1000000', minimum: 0 },
);
const packages = list(
  text({ zh: '权限包', en: 'A permission package' }, { example: 'platform.base', maxLength: 64 }),
  { zh: '权限包', en: 'Permission packages' },
  { maxItems: 100, unique: true },
);
const secret = text(
  { zh: '应用密钥,仅此一次返回', en: 'The secret, shown this once' },
  { example: '0123456789abcdef0123456789abcdef' },
);

const app = struct(
  'PlatformApp',
  { zh: '应用', en: 'The app' },
  {
    app_key,
    name,
    status,
    ip_allow,
    callback_urls,
    sign_methods,
    calls_per_day,
    packages,
    secrets: list(
      struct(
        'PlatformSecret',
        { zh: '密钥(不含内容)', en: 'A live secret, not the secret itself' },
        {
          created_at: date({ zh: '创建时间', en: 'When it was made' }, { example: '2026-01-02 03:04:05' }),
          expires_at: optional(date({ zh: '失效时间', en: 'When it ends; absent: when it is changed' })),
        },
      ),
      { zh: '有效密钥', en: 'The live secrets, the latest first' },
    ),
    created_at: date({ zh: '创建时间', en: 'When it was made' }, { example: '2026-01-02 03:04:05' }),
  },
);

const appCreate = method({
  ...admin,
  errors,
  name: 'piaoquan.platform.app.create',
  title: { zh: '创建应用', en: 'Create an app' },
  purpose: {
    zh: '创建应用并返回一次密钥。同一 unique_id 重复调用返回同一应用，但不再返回密钥；密钥遗失时请更换。',
    en: 'Makes an app and shows its secret once. The same unique_id again answers the same app without the secret; one that was lost is rotated.',
  },
  kind: 'write',
  request: {
    unique_id: text({ zh: '调用方的唯一标识', en: 'Your key of this creation' }, { example: 'app-1', maxLength: 64 }),
    app: struct(
      'PlatformAppCreate',
      { zh: '应用', en: 'The app' },
      {
        name,
        packages,
        ip_allow: optional(ip_allow),
        callback_urls: optional(callback_urls),
        sign_methods: optional(sign_methods),
        calls_per_day: optional(calls_per_day),
      },
    ),
  },
  response: { app_key, secret: optional(secret) },
});

/** Changes what an app is and may. */
export const appSave = method({
  ...admin,
  errors,
  name: 'piaoquan.platform.app.save',
  title: { zh: '修改应用', en: 'Change an app' },
  purpose: {
    zh: '修改应用的名称、状态、白名单、回调地址、签名算法与每日上限；不填的保持不变。自下一次调用起生效。',
    en: 'Changes name, state, addresses, callbacks, digests and daily limit; what is left out stays. It acts from the next call on.',
  },
  kind: 'write',
  request: {
    app: struct(
      'PlatformAppSave',
      { zh: '应用', en: 'The app' },
      {
        app_key,
        name: optional(name),
        status: optional(status),
        ip_allow: setting(ip_allow),
        callback_urls: setting(callback_urls),
        sign_methods: setting(sign_methods),
        calls_per_day: setting(calls_per_day),
      },
    ),
  },
  response: { app },
});

const appGet = method({
  ...admin,
  errors,
  name: 'piaoquan.platform.app.get',
  title: { zh: '查询应用', en: 'Get an app' },
  purpose: { zh: '一个应用的资料，不含密钥。', en: 'One app, without its secrets.' },
  kind: 'read',
  request: { query: struct('PlatformAppQuery', { zh: '查询条件', en: 'Which one' }, { app_key }) },
  response: { app },
});

const appList = method({
  ...admin,
  errors,
  name: 'piaoquan.platform.app.list',
  title: { zh: '应用列表', en: 'List apps' },
  purpose: { zh: '按 app_key 翻页列出应用，不含密钥。', en: 'Apps in order of app_key, by pages, without secrets.' },
  kind: 'read',
  request: { status: optional(status), cursor: cursor(256), page_size },
  response: { apps: list(app, { zh: '应用', en: 'The apps' }), next_cursor },
});

const secretRotate = method({
  ...admin,
  errors,
  name: 'piaoquan.platform.app.secret.rotate',
  title: { zh: '更换应用密钥', en: 'Rotate the secret of an app' },
  purpose: {
    zh: '生成新密钥并返回一次；旧密钥在重叠期内仍有效。最多两个密钥同时有效。',
    en: 'Makes a new secret and shows it once; the old one serves on during the overlap. At most two are live.',
  },
  kind: 'write',
  request: {
    rotation: struct(
      'PlatformSecretRotation',
      { zh: '更换', en: 'The rotation' },
      {
        app_key,
        overlap_seconds: optional(
          integer(
            {
              zh: '旧密钥继续有效的秒数,默认86400,0为立即失效',
              en: 'Seconds the old one serves on; 86400 unless given, 0: not at all',
            },
            { example: '86400', minimum: 0, maximum: 30 * 86_400 },
          ),
        ),
      },
    ),
  },
  response: {
    app_key,
    secret,
    old_expires_at: optional(
      date(
        { zh: '旧密钥失效时间', en: 'When the old one ends; absent when it has ended' },
        { example: '2026-01-03 03:04:05' },
      ),
    ),
  },
});

const packagesSet = method({
  ...admin,
  errors,
  name: 'piaoquan.platform.app.packages.set',
  title: { zh: '设置应用权限', en: 'Set the packages of an app' },
  purpose: {
    zh: '应用此后恰好拥有这些权限包，自下一次调用起生效。',
    en: 'From its next call on the app has exactly these permission packages.',
  },
  kind: 'write',
  request: { grant: struct('PlatformPackageGrant', { zh: '授权', en: 'The grant' }, { app_key, packages }) },
  response: { packages },
});

const nick = text({ zh: '用户昵称', en: "The user's nick" }, { example: 'demo_seller', maxLength: 64 });

const sessionCreate = method({
  ...admin,
  errors,
  name: 'piaoquan.platform.session.create',
  title: { zh: '签发会话', en: 'Create a session' },
  purpose: {
    zh: '为应用与用户签发会话密钥，仅此一次返回。用户不存在时按 nick 新建。',
    en: 'Issues a session key of a user to an app, shown this once. With a nick, an unknown user is created.',
  },
  kind: 'write',
  request: {
    grant: struct('PlatformSessionGrant', { zh: '授权', en: 'The grant' }, { app_key, user_id, nick: optional(nick) }),
  },
  response: {
    session_id,
    session_key: text({ zh: '会话密钥,仅此一次返回', en: 'The session key, shown this once' }, { example: '6100…' }),
    refresh_token: text(
      { zh: '刷新令牌,仅此一次返回', en: 'The refresh token, shown this once' },
      { example: '6102…' },
    ),
    expires_in: integer({ zh: '会话有效秒数', en: 'Seconds the session lasts' }, { example: '2592000' }),
    re_expires_in: integer({ zh: '刷新令牌有效秒数', en: 'Seconds the refresh token lasts' }, { example: '5184000' }),
  },
});

const sessionList = method({
  ...admin,
  errors,
  name: 'piaoquan.platform.session.list',
  title: { zh: '会话列表', en: 'List sessions' },
  purpose: {
    zh: '一个应用的会话，新的在前，不含会话密钥。',
    en: 'Sessions of an app, the latest first, without their keys.',
  },
  kind: 'read',
  request: {
    query: struct(
      'PlatformSessionQuery',
      { zh: '查询条件', en: 'Which ones' },
      { app_key, user_id: optional(user_id) },
    ),
    cursor: cursor(256),
    page_size,
  },
  response: {
    sessions: list(
      struct(
        'PlatformSession',
        { zh: '会话', en: 'A session' },
        {
          session_id,
          app_key,
          user_id,
          nick,
          created_at: date({ zh: '签发时间', en: 'When it was issued' }, { example: '2026-01-02 03:04:05' }),
          expires_at: date({ zh: '失效时间', en: 'When it ends' }, { example: '2026-02-01 03:04:05' }),
          revoked_at: optional(date({ zh: '撤销时间', en: 'When it was revoked' })),
        },
      ),
      { zh: '会话', en: 'The sessions' },
    ),
    next_cursor,
  },
});

/** Ends a session. */
export const sessionRevoke = method({
  ...admin,
  errors,
  name: 'piaoquan.platform.session.revoke',
  title: { zh: '撤销会话', en: 'Revoke a session' },
  purpose: {
    zh: '按 session_id 或 session_key 撤销会话及其刷新令牌，自下一次调用起生效。',
    en: 'Ends a session, by its id or its key, and its refresh token, from the next call on.',
  },
  kind: 'write',
  request: {
    session_id: optional(session_id),
    session_key: optional(text({ zh: '会话密钥', en: 'The session key' }, { maxLength: 128 })),
  },
  response: { is_success },
});

export const adminPlatformContracts = [
  appCreate,
  appSave,
  appGet,
  appList,
  secretRotate,
  packagesSet,
  sessionCreate,
  sessionList,
  sessionRevoke,
  ...adminLimitContracts,
] as const;
