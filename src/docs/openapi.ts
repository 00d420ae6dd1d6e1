import { gmt8 } from '../contract/gmt8.ts';
import type { Category, Contract } from '../contract/method.ts';
import { type Field, fieldsOf, itemOf, kindOf, type Label } from '../contract/schema.ts';
import { signedParameters } from '../sdk/request.ts';
import { rootName } from '../wire/render.ts';
import { exampleAnswers, exampleRequest, failureAnswers } from './examples.ts';
import type { Language } from './labels.ts';
import { isNeeded, openSchemaBook, type Part, type SchemaBook } from './openapi-schemas.ts';
import { categories, usedCategories } from './pages/categories.ts';
import { platformErrorsByCode } from './pages/errors.ts';

/**
 * The OpenAPI 3.1 document of the methods. TOP has one address and names the method in a parameter, while OpenAPI tells
 * operations apart by path: here each method has the path `/router/rest/{method}`, at which the gateway answers too.
 * The document describes answers in JSON (`format=json`); XML and simplified JSON say the same in another spelling.
 * @param origin where the server is reached, e.g. `http://127.0.0.1:7001`
 * @param language of titles and descriptions
 */
export function openApi(contracts: readonly Contract[], origin: string, language: Language = 'en'): Part {
  const book = openSchemaBook(contracts, language);
  const paths = contracts.map((contract) => [
    `/router/rest/${contract.name}`,
    { post: operation(contract, book, origin, language) },
  ]);
  return {
    openapi: '3.1.0',
    info: {
      title: { zh: '票券开放平台', en: 'Piaoquan Open Platform' }[language],
      version: '2.0',
      description: ABOUT[language],
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: origin }],
    externalDocs: { url: `${origin}/${language}/` },
    tags: usedCategories(contracts).map((category) => ({
      name: tagOf(category, language),
      description: categories[category].summary[language],
    })),
    paths: Object.fromEntries(paths),
    components: {
      schemas: { ...book.components, ...commonSchemas(language), error_response: errorResponse(language) },
      securitySchemes: securitySchemes(language),
    },
  };
}

const tagOf = (category: Category, language: Language): string => categories[category].title[language];

function operation(contract: Contract, book: SchemaBook, origin: string, language: Language): Part {
  const { name, category, title, session } = contract;
  const signed = { signature: [] };
  const withSession = { signature: [], session: [] };
  return {
    operationId: name,
    tags: [tagOf(category, language)],
    summary: title[language],
    description: describe(contract, language),
    externalDocs: { url: `${origin}/${language}/api/${name}` },
    requestBody: requestBody(contract, book),
    responses: { 200: response(contract, book, language) },
    security: session === 'required' ? [withSession] : session === 'optional' ? [signed, withSession] : [signed],
  };
}

function describe({ purpose, package: held, errors }: Contract, language: Language): string {
  const lines = Object.entries(errors).map(
    ([sub_code, { cause, remedy }]) => `| \`${sub_code}\` | ${cause[language]} | ${remedy[language]} |`,
  );
  const text = `${purpose[language]}\n\n${{ zh: '权限包', en: 'Permission package' }[language]}: \`${held}\``;
  if (lines.length === 0) return text;
  const head = { zh: '| sub_code | 原因 | 处理 |', en: '| sub_code | cause | what to do |' }[language];
  return `${text}\n\n${head}\n| --- | --- | --- |\n${lines.join('\n')}`;
}

/** The parameters of a call as a form: common ones by reference, then the method's own. */
function requestBody(contract: Contract, book: SchemaBook): Part {
  const fields = fieldsOf(contract.request);
  const common = Object.keys(COMMON).filter((name) => name !== 'session' || contract.session !== 'none');
  const properties = {
    method: { const: contract.name },
    ...Object.fromEntries(common.map((name) => [name, { $ref: `#/components/schemas/${name}` }])),
    ...Object.fromEntries(fields.map((field) => [field.name, book.describe(field.schema, 'request')])),
  };
  const optional = contract.session === 'required' ? [] : ['session'];
  const required = [
    'method',
    ...common.filter((name) => !optional.includes(name)),
    ...fields.filter((field) => isNeeded(field, 'request')).map(({ name }) => name),
  ];
  const encodings = fields.flatMap((field) =>
    encodingOf(field) === undefined ? [] : [[field.name, encodingOf(field)]],
  );
  return {
    required: true,
    content: {
      'application/x-www-form-urlencoded': {
        schema: { type: 'object', properties, required },
        ...(encodings.length > 0 && { encoding: Object.fromEntries(encodings) }),
        examples: { documented: { value: exampleForm(contract) } },
      },
    },
  };
}

/** The documented request with common parameters, signed as the sandbox's app would have signed it at that time. */
function exampleForm(contract: Contract): Part {
  const business = exampleRequest(contract);
  const session = contract.session === 'none' ? undefined : '6100000demo';
  const credentials = { app_key: '12345678', secret: 'helloworld', session };
  const signed = signedParameters(credentials, contract.name, business, gmt8('2026-01-02 03:04:05'));
  return { ...Object.fromEntries(signed), ...business };
}

/** Objects and lists of objects travel as JSON text, lists of simple values joined by commas (TOP protocol 3). */
function encodingOf({ schema, kind }: Field): Part | undefined {
  if (kind === 'object') return { contentType: 'application/json' };
  if (kind !== 'array') return undefined;
  return kindOf(itemOf(schema)) === 'object' ? { contentType: 'application/json' } : { style: 'form', explode: false };
}

function response(contract: Contract, book: SchemaBook, language: Language): Part {
  const fields = fieldsOf(contract.response);
  const properties = {
    ...Object.fromEntries(fields.map((field) => [field.name, book.describe(field.schema, 'response')])),
    request_id: { type: 'string' },
  };
  // An empty list may be left out of an answer (TOP protocol 5.4).
  const required = [...fields.filter((field) => isNeeded(field, 'response')).map(({ name }) => name), 'request_id'];
  const root = rootName(contract.name);
  const success = {
    type: 'object',
    properties: { [root]: { type: 'object', properties, required } },
    required: [root],
  };
  return {
    description: ANSWER[language],
    content: {
      'application/json': {
        schema: { oneOf: [success, { $ref: '#/components/schemas/error_response' }] },
        examples: {
          success: { value: JSON.parse(exampleAnswers(contract).json) },
          failure: { value: JSON.parse(failureAnswers(contract).json) },
        },
      },
    },
  };
}

/** The common parameters that this document asks for (TOP protocol 2), with what else their schema says. */
const COMMON: Readonly<Record<string, Part & { description: Label }>> = {
  app_key: { type: 'string', description: { zh: '应用的 App Key', en: "The app's key" } },
  session: {
    type: 'string',
    description: { zh: '用户授权得到的会话密钥', en: "Session key from a user's authorisation" },
  },
  timestamp: {
    type: 'string',
    pattern: '^\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2}$',
    description: {
      zh: '调用时间，GMT+8，与服务器最多相差 10 分钟',
      en: 'Time of the call in GMT+8, at most 10 minutes off the server',
    },
  },
  v: { const: '2.0', description: { zh: '协议版本', en: 'Protocol version' } },
  format: {
    const: 'json',
    description: {
      zh: '本文档描述 JSON 应答；不传则为 XML',
      en: 'This document describes JSON answers; without it they are XML',
    },
  },
  sign_method: {
    enum: ['hmac-sha256', 'md5', 'hmac'],
    description: { zh: '签名算法', en: 'Digest of the signature' },
  },
  sign: {
    type: 'string',
    pattern: '^([0-9A-F]{32}|[0-9A-F]{64})$',
    description: {
      zh: '对其余全部参数计算的签名，见 signature',
      en: 'Signature over all other parameters: see signature',
    },
  },
};

const commonSchemas = (language: Language): Part =>
  Object.fromEntries(
    Object.entries(COMMON).map(([name, schema]) => [name, { ...schema, description: schema.description[language] }]),
  );

/** Every error of the platform, `isp.` and `isv.` alike; a method's own stand in its description. */
function errorResponse(language: Language): Part {
  const entries = platformErrorsByCode();
  const line = (name: string | number, words: string) => `- \`${name}\` ${words}`;
  const codes = entries.map(([code, [first]]) => line(code, first?.msg ?? ''));
  const reasons = entries.flatMap(([, each]) =>
    each.flatMap(({ sub_code, cause }) => (sub_code === undefined ? [] : [line(sub_code, cause[language])])),
  );
  const properties = {
    code: { type: 'integer', description: codes.join('\n') },
    msg: { type: 'string' },
    sub_code: { type: 'string', description: reasons.join('\n') },
    sub_msg: { type: 'string' },
    argument: { type: 'string' },
    columns: { type: 'array', items: { type: 'string' } },
    request_id: { type: 'string' },
  };
  return {
    type: 'object',
    properties: { error_response: { type: 'object', properties, required: ['code', 'msg', 'request_id'] } },
    required: ['error_response'],
  };
}

const securitySchemes = (language: Language): Part => ({
  signature: { type: 'apiKey', in: 'query', name: 'sign', description: SIGNATURE[language] },
  session: { type: 'apiKey', in: 'query', name: 'session', description: SESSION[language] },
});

const ABOUT: Label = {
  zh: '票券与权益开放平台，使用淘宝开放平台（TOP）协议。所有接口共用网关 `/router/rest`，由参数 `method` 区分；本文档用等价地址 `/router/rest/{method}` 描述每个接口。HTTP 状态恒为 200，失败时返回 `error_response`。',
  en: 'Tickets and benefits over the Taobao Open Platform (TOP) protocol. All methods share the gateway `/router/rest` and are told apart by the parameter `method`; this document uses the equal address `/router/rest/{method}` for each. The HTTP status is always 200; a failure is an `error_response`.',
};
const ANSWER: Label = {
  zh: '成功时为接口的应答，失败时为 error_response；HTTP 状态都是 200',
  en: "The method's answer, or an error_response; the HTTP status is 200 for both",
};
const SIGNATURE: Label = {
  zh: '把除 sign 以外的全部参数按名称的字节顺序排列，名称与值依次相连成一个文本；hmac-sha256 与 hmac 以应用密钥为 key 对文本计算 HMAC（SHA-256、MD5），md5 则对“密钥+文本+密钥”计算 MD5；结果写成大写十六进制，放入 sign。参数放在查询串或表单里都可以。',
  en: "Join all parameters but sign, names and values without separators, in byte order of the names. hmac-sha256 and hmac are HMACs of that text (SHA-256, MD5) keyed by the app's secret; md5 is the MD5 of secret, text and secret. Send it as sign in hexadecimal capitals, in the query or in the form.",
};
const SESSION: Label = {
  zh: '会话密钥，作为参数 session 随调用发送；由 /authorize 与 /token 取得。',
  en: 'Session key, sent as the parameter session; from /authorize and /token.',
};
