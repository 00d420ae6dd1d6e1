import type { Contract } from '../contract/method.ts';
import { fieldNote, fieldsOf, type Label } from '../contract/schema.ts';
import { texts } from '../sdk/request.ts';
import { exampleAnswers, exampleRequest, failureAnswers, fetchedParameter } from './examples.ts';
import type { Language } from './labels.ts';
import type { Part } from './openapi-schemas.ts';
import { categories, usedCategories } from './pages/categories.ts';

/** What the requests of a collection are sent with; empty texts are for the reader to fill in. */
export type PostmanVariables = {
  /** The gateway, e.g. `http://127.0.0.1:7001/router/rest`. */
  readonly url: string;
  readonly app_key: string;
  readonly secret: string;
  readonly session: string;
};

/**
 * The methods as a collection for Postman (format 2.1.0): a folder a category, one signed request a method with its
 * ready-made parameters and documented answers. A script before each request fills in timestamp and signature, and
 * fetches the code of a token method.
 */
export const postmanCollection = (
  contracts: readonly Contract[],
  variables: PostmanVariables,
  language: Language = 'en',
): Part => ({
  info: {
    name: { zh: '票券开放平台', en: 'Piaoquan Open Platform' }[language],
    description: ABOUT[language],
    schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
  },
  item: usedCategories(contracts).map((category) => ({
    name: categories[category].title[language],
    description: categories[category].summary[language],
    item: contracts.filter((each) => each.category === category).map((contract) => requestItem(contract, language)),
  })),
  event: [{ listen: 'prerequest', script: { type: 'text/javascript', exec: SIGN_SCRIPT.trim().split('\n') } }],
  variable: Object.entries({ ...variables, ...FETCHED }).map(([key, value]) => ({
    key,
    value,
    type: 'string',
    description: VARIABLES[key as keyof typeof VARIABLES][language],
  })),
});

function requestItem(contract: Contract, language: Language): Part {
  const request = requestOf(contract, language);
  const answer = (name: string, body: string): Part => ({
    name,
    originalRequest: request,
    status: 'OK',
    code: 200,
    header: [{ key: 'Content-Type', value: 'application/json;charset=utf-8' }],
    body,
    _postman_previewlanguage: 'json',
  });
  return {
    name: `${contract.title[language]} ${contract.name}`,
    request,
    response: [
      answer({ zh: '成功', en: 'Success' }[language], exampleAnswers(contract).json),
      answer({ zh: '失败', en: 'Failure' }[language], failureAnswers(contract).json),
    ],
  };
}

type FormPart = {
  readonly key: string;
  readonly value: string;
  readonly disabled?: true;
  readonly description?: string;
};

function requestOf(contract: Contract, language: Language): Part {
  const common: FormPart[] = [
    { key: 'method', value: contract.name },
    { key: 'app_key', value: '{{app_key}}' },
    { key: 'timestamp', value: '{{timestamp}}' },
    { key: 'v', value: '2.0' },
    { key: 'format', value: 'json' },
    { key: 'sign_method', value: 'hmac-sha256' },
    { key: 'sign', value: '{{sign}}' },
  ];
  if (contract.session !== 'none')
    common.push({ key: 'session', value: '{{session}}', ...(contract.session === 'optional' && { disabled: true }) });
  return {
    method: 'POST',
    header: [],
    url: { raw: '{{url}}', host: ['{{url}}'] },
    body: { mode: 'urlencoded', urlencoded: [...common, ...businessParts(contract, language)] },
    description: contract.purpose[language],
  };
}

/** What the script fetches in a sandbox ahead of the calls that bring it, since it works once; elsewhere the reader's. */
const FETCHED = { code: '', refresh_token: '' };

/** The method's own parameters with their ready-made values; those without one wait, switched off. */
function businessParts(contract: Contract, language: Language): FormPart[] {
  const spelled = texts(exampleRequest(contract));
  return fieldsOf(contract.request).map(({ name, schema }) => {
    const value = name === fetchedParameter(contract) ? `{{${name}}}` : spelled.get(name);
    const description = fieldNote(schema).meaning[language];
    return value === undefined
      ? { key: name, value: '', disabled: true, description }
      : { key: name, value, description };
  });
}

/** Runs inside Postman ahead of every request, where the name CryptoJS is taken. */
const SIGN_SCRIPT = `
const hashes = require('crypto-js');
const variable = (name) => pm.variables.get(name) || '';

// GMT+8, as TOP wants it
const now = () => new Date(Date.now() + 8 * 3600 * 1000).toISOString().slice(0, 19).replace('T', ' ');

const signatureOf = (parameters) => {
  const text = Object.keys(parameters).sort().map((name) => name + parameters[name]).join('');
  const secret = variable('secret');
  const digests = {
    'md5': () => hashes.MD5(secret + text + secret),
    'hmac': () => hashes.HmacMD5(text, secret),
    'hmac-sha256': () => hashes.HmacSHA256(text, secret),
  };
  const digest = digests[parameters.sign_method];
  if (!digest) throw new Error('sign_method must be md5, hmac or hmac-sha256');
  return digest().toString().toUpperCase();
};

// Everything that is sent takes part, except sign itself
const sentParameters = () => {
  const parameters = {};
  const take = ({ key, value, disabled }) => {
    if (!disabled && key && key !== 'sign') parameters[key] = pm.variables.replaceIn(value || '');
  };
  pm.request.url.query.all().forEach(take);
  if (pm.request.body && pm.request.body.urlencoded) pm.request.body.urlencoded.all().forEach(take);
  return parameters;
};

const signRequest = () => {
  pm.variables.set('timestamp', now());
  pm.variables.set('sign', signatureOf(sentParameters()));
};

const post = (url, form, done) => {
  const urlencoded = Object.keys(form).map((key) => ({ key, value: form[key] }));
  pm.sendRequest({ url, method: 'POST', body: { mode: 'urlencoded', urlencoded } }, (error, answer) =>
    done(error ? '' : answer.text()));
};

// A sandbox authorises at once; elsewhere fill in the variables code and refresh_token
const fetchCode = (done) => {
  const page = variable('url').replace(/\\/router\\/.*$/, '/authorize');
  const asked = 'client_id=' + variable('app_key') + '&response_type=code&redirect_uri=urn:ietf:wg:oauth:2.0:oob';
  pm.sendRequest(page + '?' + asked, (error, answer) => {
    const ticket = (/name="ticket" value="([^"]+)"/.exec(error ? '' : answer.text()) || [])[1];
    if (!ticket) return done();
    post(page, { ticket, decision: 'allow' }, (text) => {
      const code = (/<code>([^<]+)<\\/code>/.exec(text) || [])[1];
      if (code) pm.variables.set('code', code);
      done(code);
    });
  });
};

const fetchRefreshToken = (done) => fetchCode((code) => {
  if (!code) return done();
  const method = 'taobao.top.auth.token.create';
  const asked = { method, app_key: variable('app_key'), timestamp: now(), v: '2.0', format: 'json', simplify: 'true',
    sign_method: 'hmac-sha256', code };
  post(variable('url'), Object.assign(asked, { sign: signatureOf(asked) }), (text) => {
    const token = (/"refresh_token\\W+(\\w+)/.exec(text) || [])[1];
    if (token) pm.variables.set('refresh_token', token);
    done();
  });
});

const { method } = sentParameters();
if (method === 'taobao.top.auth.token.create') fetchCode(signRequest);
else if (method === 'taobao.top.auth.token.refresh') fetchRefreshToken(signRequest);
else signRequest();
`;

const ABOUT: Label = {
  zh: '票券与权益开放平台的全部接口。先在集合变量中填好 url、app_key、secret、session，再直接发送；发送前的脚本会填入 timestamp 与 sign。',
  en: 'All methods of the Piaoquan platform. Fill in the collection variables url, app_key, secret and session, then send; a script puts in timestamp and sign.',
};

const VARIABLES: Readonly<Record<keyof PostmanVariables | keyof typeof FETCHED, Label>> = {
  url: { zh: '网关地址', en: 'The gateway' },
  app_key: { zh: '应用的 App Key', en: "The app's key" },
  secret: { zh: '应用密钥，只用来签名，不会发送', en: "The app's secret; it signs and is never sent" },
  session: { zh: '用户的会话密钥', en: "The user's session key" },
  code: {
    zh: '授权码，只能使用一次；沙箱里由发送前的脚本取得',
    en: 'Authorisation code, which works once; in a sandbox the script fetches it',
  },
  refresh_token: {
    zh: '刷新令牌；沙箱里由发送前的脚本取得',
    en: 'Refresh token; in a sandbox the script fetches it',
  },
};
