import type { MethodError } from '../method.ts';
import { integer, list, text } from '../schema.ts';

/** Why an administration method of the platform refuses. */
export const errors = {
  'isv.app-not-found': {
    cause: { zh: '应用不存在', en: 'No app bears this app_key' },
    remedy: { zh: '检查 app_key', en: 'Check the app_key' },
  },
  'isv.own-app': {
    cause: {
      zh: '应用不能停用自己，也不能取消自己的管理权限',
      en: 'An app may neither suspend itself nor give up its own piaoquan.admin package',
    },
    remedy: { zh: '用另一个管理应用操作', en: 'Have another administration app do it' },
  },
  'isv.owner-only': {
    cause: {
      zh: '应用的权限包超出操作者角色自身的权限：授予这些权限包、取得其密钥或会话，以及更改持有管理类权限包的应用，只有所有者可以',
      en: 'The packages reach beyond what the role may do itself: only owners give them, learn the secret or a session of an app that holds them, or change an app that administers',
    },
    remedy: { zh: '请所有者在控制台操作', en: 'Have an owner do it in the console' },
  },
  'isv.unique-id-conflict': {
    cause: { zh: 'unique_id 已用于创建内容不同的应用', en: 'The unique_id was used to create another app' },
    remedy: { zh: '每个新应用使用新的 unique_id', en: 'Give each new app a unique_id of its own' },
  },
  'isv.secret-overlap': {
    cause: {
      zh: '上一次更换的旧密钥仍有效，最多两个密钥同时有效',
      en: 'Two secrets are live already, the most there may be',
    },
    remedy: {
      zh: '等旧密钥过期，或传 overlap_seconds=0 使旧密钥全部立即失效',
      en: 'Wait until the old one ends, or send overlap_seconds=0 to end all old ones at once',
    },
  },
  'isv.frequency-not-found': {
    cause: { zh: '没有此频率限制', en: 'There is no such limit' },
    remedy: { zh: '检查 app_key 与 method', en: 'Check app_key and method' },
  },
  'isv.user-not-found': {
    cause: { zh: '用户不存在', en: 'No user bears this id' },
    remedy: { zh: '传 nick 以新建用户', en: 'Send a nick to create the user' },
  },
  'isv.nick-conflict': {
    cause: {
      zh: '昵称属于其他用户，或该用户已有另一昵称',
      en: "The nick is another user's, or the user has another one",
    },
    remedy: { zh: '检查 user_id 与 nick', en: 'Check user_id and nick' },
  },
  'isv.session-not-found': {
    cause: { zh: '会话不存在', en: 'There is no such session' },
    remedy: { zh: '传 session_id 或 session_key 之一并核对', en: 'Send the right session_id or session_key' },
  },
  'isv.call-filter-missing': {
    cause: {
      zh: '须按 request_id、app_key 或错误（sub_code，或非 0 的 code）查询',
      en: 'Calls are found by request_id, by app_key, or by an error: its sub_code, or a code other than 0',
    },
    remedy: { zh: '传其中之一', en: 'Send one of them' },
  },
} as const satisfies Record<string, MethodError>;

/** What all administration methods of the platform share. */

/** Key of the app that a call is about: always within an object, since the caller's own app_key stands at the top. */
export const app_key = text({ zh: '应用的 app_key', en: 'The app_key' }, { example: '23456789', maxLength: 20 });

/** The app that a limit holds for, or `*`. */
export const limited_app_key = text(
  { zh: '应用的 app_key；* 为所有应用合计', en: 'The app_key, or * for all apps together' },
  { example: '23456789', maxLength: 20 },
);

/** Name of an API method, within an object since the called method stands at the top. */
export const method_name = text(
  { zh: 'API 名称', en: 'Name of an API method' },
  { example: 'taobao.time.get', maxLength: 128 },
);

/** Id of a session, by which it is listed and revoked. */
export const session_id = text(
  { zh: '会话id，不是会话密钥', en: 'Id of the session; it opens nothing' },
  { example: 'a'.repeat(64), maxLength: 64 },
);

/** The user of a session. */
export const user_id = integer({ zh: '用户id', en: 'User id' }, { example: '6100000', minimum: 1 });

/** The digests that calls of an app may be signed with. */
export const sign_methods = list(
  text(
    { zh: '签名算法', en: 'A digest' },
    {
      example: 'hmac-sha256',
      maxLength: 16,
      values: {
        md5: { zh: 'MD5', en: 'MD5' },
        hmac: { zh: 'HMAC-MD5', en: 'HMAC-MD5' },
        'hmac-sha256': { zh: 'HMAC-SHA256', en: 'HMAC-SHA256' },
      },
    },
  ),
  { zh: '允许的签名算法,空为不限', en: 'Digests that calls may be signed with; an empty list: any' },
  { maxItems: 3, unique: true },
);
