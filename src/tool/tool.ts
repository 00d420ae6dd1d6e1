import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Role } from '../contract/platform/roles.ts';
import { PUBLIC_PARAMETERS } from '../contract/public-parameters.ts';
import type { Label } from '../contract/schema.ts';
import { type App, type AppStore, newestSecret } from '../gateway/apps.ts';
import type { CallExplainer } from '../gateway/explain-call.ts';
import { baseText, isSignMethod, type SignMethod } from '../wire/base-text.ts';
import { safeHost } from '../wire/host.ts';

/** An app that the tool may call as. */
export type AppChoice = { readonly app_key: string; readonly name: string };

/** A session that the tool offers: those of the sandbox's demo data. */
export type SessionChoice = { readonly app_key: string; readonly session: string; readonly nick: string };

/** What `POST /tool/sign` takes: a call before it is signed. `parameters` are nested values as the contract has them. */
export type ToolCall = {
  readonly app_key: string;
  readonly session?: string;
  readonly method: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly format: 'json' | 'xml';
  readonly simplify: boolean;
  readonly sign_method: SignMethod;
};

/** Makes all parameters of a call, signed, in the order in which they are sent. */
export type SignCall = (call: ToolCall, secret: string, now: Date) => ReadonlyMap<string, string>;

/** Who has calls signed: anyone in a sandbox, elsewhere a logged-in operator who may develop. */
export type Signer = 'anyone' | { readonly login: string; readonly role: Role; readonly password_temporary: boolean };

/** What the API tool's endpoints work with. */
export type Tool = {
  readonly methods: ReadonlySet<string>;
  readonly apps: AppStore;
  /** The live apps, oldest first. */
  readonly listApps: () => Promise<readonly AppChoice[]>;
  readonly sessions: readonly SessionChoice[];
  readonly signCall: SignCall;
  /** What is known of the last calls; undefined outside a sandbox. */
  readonly explainer: CallExplainer | undefined;
  /** Who has calls signed by a request; undefined where nobody may. */
  readonly findSigner: (request: FastifyRequest) => Promise<Signer | undefined>;
  /** Whether calls may be signed as an app: for an operator not as one whose packages would raise him beyond his role. */
  readonly maySignAs: (app: App, signer: Signer) => boolean;
  /** Enters that an operator had a call of a method signed as an app. */
  readonly enterSigning: (login: string, app_key: string, method: string, now: Date) => Promise<void>;
  readonly clock: () => Date;
  /** Most bytes of a call to sign. */
  readonly bodyLimit: number;
};

/** A call that cannot be signed: the field at fault and why, in both languages. */
class Refusal extends Error {
  readonly field: string;
  readonly words: Label;

  constructor(field: string, words: Label) {
    super(words.en);
    this.field = field;
    this.words = words;
  }
}

/**
 * Serves the API tool of the documentation: `GET /tool/apps`, `POST /tool/sign`, and of a past call
 * `GET /tool/signature/{request_id}` and `GET /tool/call/{request_id}`. Secrets are used here and never sent. Refusals are
 * JSON `{ error, field?, message: { zh, en } }` with status 400, 403, 404 or 413.
 */
export function serveTool(server: FastifyInstance, tool: Tool): void {
  const signers = new WeakMap<FastifyRequest, Signer>();
  const onRequest = async (request: FastifyRequest, reply: FastifyReply) => {
    reply.header('cache-control', 'no-store');
    const signer = await tool.findSigner(request);
    if (signer === undefined) return refuse(reply, 403, 'forbidden', NOT_LOGGED_IN);
    if (signer !== 'anyone' && signer.password_temporary)
      return refuse(reply, 403, 'password-change-required', FIRST_PASSWORD);
    signers.set(request, signer);
  };
  server.get('/tool/apps', { onRequest }, async () => ({ apps: await tool.listApps(), sessions: tool.sessions }));

  server.post('/tool/sign', { onRequest, bodyLimit: tool.bodyLimit, errorHandler: refuseCall }, async (request) => {
    const call = readCall(request.body, tool.methods);
    const now = tool.clock();
    const signer = signers.get(request) as Signer;
    const secret = await secretOf(tool, call.app_key, signer, now);
    const parameters = signed(tool, call, secret, now);
    if (signer !== 'anyone') await tool.enterSigning(signer.login, call.app_key, call.method, now);
    const url = `${request.protocol}://${safeHost(request.host)}/router/rest`;
    return {
      url,
      parameters: Object.fromEntries(parameters),
      base_text: baseText(parameters),
      sign: parameters.get('sign'),
    };
  });

  server.get<OfCall>('/tool/signature/:request_id', { onRequest }, async ({ params }, reply) => {
    const explained = await tool.explainer?.signature(params.request_id);
    return explained ?? refuse(reply, 404, 'not_found', SIGNATURE_NOT_KEPT);
  });
  server.get<OfCall>('/tool/call/:request_id', { onRequest }, async ({ params }, reply) => {
    const replay = tool.explainer?.replay(params.request_id);
    return replay ?? refuse(reply, 404, 'not_found', CALL_NOT_KEPT);
  });
}

type OfCall = { Params: { request_id: string } };

const NOT_LOGGED_IN: Label = {
  zh: '请先以开发者或所有者的身份登录运营后台，再使用 API 工具',
  en: 'Log in to the console as a developer or owner to use the API tool',
};

const FIRST_PASSWORD: Label = {
  zh: '请先在运营后台修改初始密码，再使用 API 工具',
  en: 'Change the password you were given in the console before you use the API tool',
};

const SIGNATURE_NOT_KEPT: Label = {
  zh: '没有保留这次调用的签名文本：只有沙箱保留最近 200 次签名失败的调用',
  en: 'The signed text of this call is not kept: only a sandbox keeps it, for the last 200 calls with a wrong signature',
};

const CALL_NOT_KEPT: Label = {
  zh: '没有保留这次调用的参数：只有沙箱在内存里保留最近 300 次调用',
  en: 'The parameters of this call are not kept: only a sandbox keeps them, in memory, for the last 300 calls',
};

const refuse = (reply: FastifyReply, status: number, error: string, message: Label): FastifyReply =>
  reply.code(status).send({ error, message });

/** What goes wrong while a call is read becomes an answer that names the field; anything else is the server's matter. */
function refuseCall(error: Error & { statusCode?: number }, _request: FastifyRequest, reply: FastifyReply): unknown {
  if (error instanceof Refusal)
    return reply.code(400).send({ error: 'invalid', field: error.field, message: error.words });
  if (error.statusCode === 413)
    return refuse(reply, 413, 'too_large', { zh: '请求体过大', en: 'The request body is too large' });
  if (error.statusCode !== undefined && error.statusCode < 500)
    return refuse(reply, 400, 'invalid', {
      zh: '请求体应为 JSON 对象，Content-Type 为 application/json',
      en: 'The body should be a JSON object with content type application/json',
    });
  throw error;
}

function readCall(body: unknown, methods: ReadonlySet<string>): ToolCall {
  if (!isObject(body))
    throw new Refusal('body', { zh: '请求体应为 JSON 对象', en: 'The body should be a JSON object' });
  const { app_key, session, method, parameters, format, simplify, sign_method } = body;
  if (typeof method !== 'string' || !methods.has(method))
    throw new Refusal('method', { zh: '没有这个接口', en: 'There is no such method' });
  if (typeof app_key !== 'string' || !/^\d{1,20}$/.test(app_key))
    throw new Refusal('app_key', { zh: 'app_key 应为 1 至 20 位数字', en: 'app_key should be 1 to 20 digits' });
  if (session !== undefined && (typeof session !== 'string' || session.length > 256))
    throw new Refusal('session', {
      zh: 'session 应为至多 256 个字符的文本',
      en: 'session should be a text of at most 256 characters',
    });
  if (format !== 'json' && format !== 'xml')
    throw new Refusal('format', { zh: 'format 应为 json 或 xml', en: 'format should be json or xml' });
  if (typeof simplify !== 'boolean')
    throw new Refusal('simplify', { zh: 'simplify 应为 true 或 false', en: 'simplify should be true or false' });
  if (typeof sign_method !== 'string' || !isSignMethod(sign_method))
    throw new Refusal('sign_method', {
      zh: 'sign_method 应为 md5、hmac 或 hmac-sha256',
      en: 'sign_method should be md5, hmac or hmac-sha256',
    });
  const call = { app_key, method, parameters: readParameters(parameters), format, simplify, sign_method } as const;
  return session ? { ...call, session } : call;
}

function readParameters(parameters: unknown): Record<string, unknown> {
  if (!isObject(parameters))
    throw new Refusal('parameters', { zh: 'parameters 应为 JSON 对象', en: 'parameters should be a JSON object' });
  const taken = Object.keys(parameters).find((name) => PUBLIC_PARAMETERS.has(name));
  if (taken !== undefined)
    throw new Refusal(`parameters.${taken}`, {
      zh: `${taken} 是公共参数，不能作为业务参数`,
      en: `${taken} is a common parameter and cannot be a business parameter`,
    });
  return parameters;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The parameters of a call, signed; values nested too deep to be written are the caller's fault. */
function signed(tool: Tool, call: ToolCall, secret: string, now: Date): ReadonlyMap<string, string> {
  try {
    return tool.signCall(call, secret, now);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Refusal('parameters', { zh: 'parameters 嵌套过深', en: 'parameters are nested too deep' });
  }
}

async function secretOf({ apps, maySignAs }: Tool, app_key: string, signer: Signer, now: Date): Promise<string> {
  let app = await apps.find(app_key);
  if (app !== undefined && (await apps.isStale(app))) app = await apps.find(app_key);
  if (app === undefined) throw new Refusal('app_key', { zh: '没有这个应用', en: 'There is no such app' });
  if (!maySignAs(app, signer))
    throw new Refusal('app_key', {
      zh: '该应用的权限包超出你的角色，或含管理权限包，API 工具不以其身份签名：请使用运营后台，或换一个应用',
      en: 'The app holds a package of administration, or one beyond your role, as which this tool does not sign: use the console, or another app',
    });
  const secret = newestSecret(app, now);
  if (secret === undefined)
    throw new Refusal('app_key', { zh: '应用没有有效的密钥', en: 'The app has no secret that is valid now' });
  return secret;
}
