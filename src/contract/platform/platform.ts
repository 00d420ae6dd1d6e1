import { method } from '../method.ts';
import { date, json, optional, text } from '../schema.ts';

/** Server time; the usual first call of a client and its cure against clock skew. */
const timeGet = method({
  name: 'taobao.time.get',
  category: 'platform',
  title: { zh: '获取平台当前时间', en: 'Platform time' },
  purpose: {
    zh: '返回平台的当前时间，可用来校准本地时钟后再签名。',
    en: "Gives the platform's present time, to set a clock by before signing.",
  },
  package: 'platform.base',
  session: 'none',
  kind: 'read',
  request: {},
  response: {
    time: date({ zh: '平台当前时间', en: 'Present time, GMT+8' }, { example: '2026-01-02 03:04:05' }),
  },
});

/** Address table of cluster clients (client notes, cluster clients). */
const httpdnsGet = method({
  name: 'taobao.httpdns.get',
  category: 'platform',
  title: { zh: '获取接入点地址表', en: 'Address table for cluster clients' },
  purpose: {
    zh: '集群版客户端启动时读取的地址表：各环境的域名、地址与权重。',
    en: 'The address table that cluster clients read at start: host names, addresses and weights by environment.',
  },
  package: 'platform.base',
  session: 'none',
  kind: 'read',
  request: {},
  response: {
    result: text(
      {
        zh: 'JSON 文本，含 config（version、interval 分钟、def_env）、env（环境→域名→协议与“地址|权重”）、api、user',
        en: 'JSON text with config (version, interval in minutes, def_env), env (environment → host → protocol and "address|weight"), api and user',
      },
      { example: '{"config":{"version":"1","interval":"30","def_env":"sh"},"env":{},"api":{},"user":{}}' },
    ),
  },
});

const tokenResult = json(
  {
    zh: 'JSON 文本，字段与 /token 的应答相同：access_token 即 session key，expires_in 等为秒数',
    en: 'JSON text with the fields of the /token answer: access_token is the session key, expires_in and its kin are seconds',
  },
  { example: '{"access_token":"6100…","token_type":"Bearer","expires_in":2592000}' },
);

/** Exchanges an authorisation code for a session key through the gateway (TOP protocol 8.3). */
export const topAuthTokenCreate = method({
  name: 'taobao.top.auth.token.create',
  category: 'platform',
  title: { zh: '获取 Access Token', en: 'Create an access token' },
  purpose: {
    zh: '用授权码换取 Access Token（即 session key）。授权码只能用一次。',
    en: 'Exchanges an authorisation code for an access token, the session key. A code works once.',
  },
  package: 'platform.base',
  session: 'none',
  kind: 'write',
  request: {
    code: text(
      { zh: '授权码，/authorize 回调所带', en: 'Authorisation code brought by the callback of /authorize' },
      { example: 'rE5pLq2Yw8Tz0uVb' },
    ),
    uuid: optional(text({ zh: '与授权码配对的标识，可不传', en: "The code's companion id; may be left out" })),
  },
  response: { token_result: tokenResult },
  errors: {
    'isv.invalid-parameter:code': {
      cause: { zh: '授权码不存在、已用过、已过期或不属于该应用', en: 'Unknown, used, expired, or of another app' },
      remedy: { zh: '让用户重新授权取得新的授权码', en: 'Have the user authorise again for a new code' },
    },
  },
});

/** Makes a new session key from a refresh token (TOP protocol 8.3). */
export const topAuthTokenRefresh = method({
  name: 'taobao.top.auth.token.refresh',
  category: 'platform',
  title: { zh: '刷新 Access Token', en: 'Refresh an access token' },
  purpose: {
    zh: '用 refresh_token 换取新的 Access Token；同一 refresh_token 重复调用返回同一结果。',
    en: 'Makes a new access token from a refresh token; the same refresh token gives the same answer again.',
  },
  package: 'platform.base',
  session: 'none',
  kind: 'write',
  request: {
    refresh_token: text({ zh: '刷新令牌', en: 'Refresh token' }, { example: '6102…' }),
  },
  response: { token_result: tokenResult },
  errors: {
    'isv.invalid-parameter:refresh_token': {
      cause: { zh: '刷新令牌不存在、已过期或不属于该应用', en: 'Unknown, expired, or of another app' },
      remedy: { zh: '让用户重新授权', en: 'Have the user authorise again' },
    },
  },
});

export const platformContracts = [timeGet, httpdnsGet, topAuthTokenCreate, topAuthTokenRefresh] as const;
