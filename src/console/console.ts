import { timingSafeEqual } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { BusyError } from '../batching/batch.ts';
import type { Contract } from '../contract/method.ts';
import { mayActForUser, mayCall } from '../contract/platform/roles.ts';
import { isTransient } from '../database/errors.ts';
import { endSession } from '../database/operators.ts';
import type { OperatorCall } from '../gateway/call-input.ts';
import type { Dispatcher } from '../gateway/dispatcher.ts';
import type { CallExplainer } from '../gateway/explain-call.ts';
import { findMinutes } from '../gateway/figures.ts';
import { ForeignCaller } from '../gateway/http/own-hosts.ts';
import { cookieOf, formatCookie, readCookie, SESSION_COOKIE } from './cookies.ts';
import { type Body, CONSOLE_ERRORS, ConsoleError, type ConsoleErrorCode, textOf } from './errors.ts';
import { type LiveParts, openLive } from './live.ts';
import {
  type Begun,
  changePassword,
  confirmFactor,
  type LoggedIn,
  logIn,
  offerFactor,
  removeFactor,
  resetPassword,
  setUp,
  startSession,
} from './login.ts';
import { deviceCookieOf, type LoginParts, newDevice, readDevice } from './login-guard.ts';
import { countRecovery, findSession, LONGEST_HOURS, type Operator, type Origin, sessionHash } from './operators.ts';
import { serveConsolePage } from './page.ts';

/** What the console's routes work with. */
export type Console = LoginParts &
  LiveParts & {
    readonly dispatcher: Dispatcher;
    readonly contracts: readonly Contract[];
    /** Login of the sandbox's owner, who logs in with one click; undefined in production. */
    readonly demoLogin: string | undefined;
    /** What is known of the last calls; undefined in production. */
    readonly explainer: CallExplainer | undefined;
    /** Most bytes of a call. */
    readonly bodyLimit: number;
    /** Folder of the built pages. */
    readonly webFolder: string;
  };

/** The console operator of a request who may have calls signed: an owner or a developer; undefined for anyone else. */
export type FindDeveloper = (request: FastifyRequest) => Promise<Operator | undefined>;

const CALL_LOG = 'piaoquan.platform.call.list';
/** As long as browsers keep any cookie. */
const DEVICE_SECONDS = 400 * 24 * 3600;
const CSRF_PURPOSE = 'console-csrf';
const SMALL_BODY = 16 * 1024;
const MOST_MINUTES = 24 * 60;
const COUNTED_MINUTES = 60;

type Exchange = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;
type Session = LoggedIn & { readonly operator: Operator & { expires_at: Date } };

/**
 * Serves the console's page, and `/console/api/*`: JSON routes of the operators' console, one of which, `call`, leads to every method. A refusal is
 * `{ error: { code, message: { zh, en }, field?, wait_seconds? } }` with its status; see CONSOLE_ERRORS. Whatever changes
 * something and is done by a session bears its `x-csrf-token`.
 * @returns what finds the operator of a request who may develop, for the API tool
 */
export function serveConsole(server: FastifyInstance, parts: Console): FindDeveloper {
  const live = openLive(parts, (error) => server.log.error(error));
  const keeper = createKeeper(parts);
  server.addHook('preClose', async () => live.close());
  server.register(
    async (routes) => {
      routes.removeAllContentTypeParsers();
      routes.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) =>
        done(null, readBody(String(text))),
      );
      routes.addHook('onRequest', async (request, reply) => {
        reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
        const site = request.headers['sec-fetch-site'];
        if (request.method !== 'GET' && site !== undefined && site !== 'same-origin')
          throw new ConsoleError('foreign-origin');
      });
      routes.setErrorHandler((error, request, reply) => refuse(error, request, reply));
      // A route of its own: pages beside the console take every GET that has none.
      routes.all('/*', async () => {
        throw new ConsoleError('not-found');
      });
      serveLogin(routes, parts, keeper);
      serveOwnAccount(routes, parts, keeper);
      serveWork(routes, parts, keeper, live);
    },
    { prefix: '/console/api' },
  );
  serveConsolePage(server, parts.webFolder, parts.demoLogin !== undefined);
  return async (request) => {
    const operator = (await keeper.find(request))?.operator;
    return operator?.role === 'owner' || operator?.role === 'developer' ? operator : undefined;
  };
}

function readBody(text: string): Body {
  try {
    const body: unknown = text === '' ? {} : JSON.parse(text);
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Body;
  } catch {}
  throw new ConsoleError('unreadable-body');
}

/** Fastify's refusals of a body that it did not take. */
const REFUSED_BODY: Readonly<Record<string, ConsoleErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unreadable-body',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'unreadable-body',
};

function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = error instanceof ConsoleError ? error : new ConsoleError(codeOf(error));
  if (known.code === 'internal') request.log.error(error);
  const { status, message } = CONSOLE_ERRORS[known.code];
  if (known.detail.wait_seconds !== undefined) reply.header('retry-after', known.detail.wait_seconds);
  return reply.code(status).send({ error: { code: known.code, message, ...known.detail } });
}

function codeOf(error: unknown): ConsoleErrorCode {
  if (error instanceof ForeignCaller) return error.reason;
  const { statusCode } = error as { statusCode?: number };
  if (error instanceof BusyError || isTransient(error) || statusCode === 503) return 'busy';
  if (statusCode === 400) return 'unreadable-body';
  return REFUSED_BODY[(error as { code?: string }).code ?? ''] ?? 'internal';
}

/** What finds, begins and ends the session of a request. */
type Keeper = ReturnType<typeof createKeeper>;

function createKeeper({ sql, vault, clock, demoLogin }: Console) {
  const csrfToken = (token: string): string => vault.hash(CSRF_PURPOSE, token).toString('base64url');
  const find = async (request: FastifyRequest, use = true): Promise<Session | undefined> => {
    const token = cookieOf(request);
    const operator = token === undefined ? undefined : await findSession(sql, vault, { token, now: clock(), use });
    if (token === undefined || operator === undefined) return undefined;
    return { operator, login: operator.login, token, address: request.ip };
  };
  const need = async (request: FastifyRequest): Promise<Session> => {
    const session = await find(request);
    if (session === undefined) throw new ConsoleError('no-session');
    return session;
  };
  return {
    csrfToken,
    find,
    need,
    /** The session of a request that changes something: it bears the token bound to it. */
    async needToChange(request: FastifyRequest): Promise<Session> {
      const session = await need(request);
      const given = Buffer.from(String(request.headers['x-csrf-token'] ?? ''));
      const right = Buffer.from(csrfToken(session.token));
      if (given.length !== right.length || !timingSafeEqual(given, right)) throw new ConsoleError('csrf');
      return session;
    },
    /** Gives the session's cookie, and one by which the browser is known to who has a password. */
    give(request: FastifyRequest, reply: FastifyReply, { login, cookie }: Begun) {
      reply.header('set-cookie', formatCookie(request, SESSION_COOKIE, cookie, LONGEST_HOURS * 3600));
      if (login === demoLogin) return;
      const device = newDevice(vault, login);
      reply.header('set-cookie', formatCookie(request, deviceCookieOf(vault, login), device, DEVICE_SECONDS));
    },
    take: (request: FastifyRequest, reply: FastifyReply) =>
      reply.header('set-cookie', formatCookie(request, SESSION_COOKIE, '', 0)),
    /** The random name of the browser of a request, where a login has been proved in it before. */
    device: (request: FastifyRequest, login: string) =>
      readDevice(vault, login, readCookie(request, deviceCookieOf(vault, login))),
  };
}

const originOf = (request: FastifyRequest): Origin => ({
  address: request.ip.slice(0, 64),
  user_agent: String(request.headers['user-agent'] ?? '').slice(0, 200),
});

const bodyOf = (request: FastifyRequest): Body => (request.body ?? {}) as Body;

/** Logging in and out: `login`, `setup`, `reset`, `demo-login`, `logout`. */
function serveLogin(routes: FastifyInstance, parts: Console, keeper: Keeper): void {
  const { sql, vault, demoLogin } = parts;
  const route = (url: string, exchange: Exchange) => routes.post(url, { bodyLimit: SMALL_BODY }, exchange);
  route('/login', async (request, reply) => {
    keeper.give(
      request,
      reply,
      await logIn(parts, bodyOf(request), originOf(request), (login) => keeper.device(request, login)),
    );
    return { is_success: true };
  });
  route('/setup', async (request, reply) => {
    keeper.give(request, reply, await setUp(parts, bodyOf(request), originOf(request)));
    return { is_success: true };
  });
  route('/reset', async (request, reply) => {
    keeper.give(request, reply, await resetPassword(parts, bodyOf(request), originOf(request)));
    return { is_success: true };
  });
  if (demoLogin !== undefined)
    route('/demo-login', async (request, reply) => {
      keeper.give(request, reply, await startSession(parts, { login: demoLogin, origin: originOf(request) }));
      return { is_success: true };
    });
  route('/logout', async (request, reply) => {
    const session = await keeper.find(request);
    if (session !== undefined) await endSession(sql, sessionHash(vault, (await keeper.needToChange(request)).token));
    keeper.take(request, reply);
    return { is_success: true };
  });
}

/** What operators do with their own account: `me`, `password`, `totp/begin`, `totp/confirm`, `totp/remove`. */
function serveOwnAccount(routes: FastifyInstance, parts: Console, keeper: Keeper): void {
  const { sql, contracts, demoLogin } = parts;
  routes.get('/me', async (request) => {
    const { operator, token } = await keeper.need(request);
    const { role } = operator;
    return {
      ...operator,
      totp_recovery_left: operator.totp ? await countRecovery(sql, operator.login) : 0,
      csrf_token: keeper.csrfToken(token),
      sandbox: demoLogin !== undefined,
      may_act_for_user: mayActForUser(role),
      methods: contracts.filter((contract) => mayCall(role, contract)).map(({ name }) => name),
    };
  });
  const route = (url: string, change: (parts: LoginParts, body: Body, own: LoggedIn) => Promise<object>) =>
    routes.post(url, { bodyLimit: SMALL_BODY }, async (request) => {
      const session = await keeper.needToChange(request);
      return { ...(await change(parts, bodyOf(request), session)), is_success: true };
    });
  route('/password', changePassword);
  route('/totp/begin', offerFactor);
  route('/totp/confirm', confirmFactor);
  route('/totp/remove', removeFactor);
}

/** The work itself: `call`, `calls/{request_id}`, `live`, `figures`. */
function serveWork(routes: FastifyInstance, parts: Console, keeper: Keeper, live: ReturnType<typeof openLive>): void {
  const { dispatcher, sql, clock, bodyLimit, explainer } = parts;
  routes.post('/call', { bodyLimit }, async (request, reply) => {
    const { operator } = await keeper.needToChange(request);
    if (operator.password_temporary) throw new ConsoleError('password-change-required');
    const call = { ...readCall(bodyOf(request)), operator, host: request.hostname };
    const { text } = await dispatcher.answerOperator(call);
    return reply.header('content-type', 'application/json;charset=utf-8').send(text);
  });
  routes.get<{ Params: { request_id: string } }>('/calls/:request_id', async (request) => {
    const { operator } = await keeper.need(request);
    if (operator.password_temporary) throw new ConsoleError('password-change-required');
    // Who may read the call log may see what is known of a call; today that is every role.
    const log = parts.contracts.find(({ name }) => name === CALL_LOG);
    if (log === undefined || !mayCall(operator.role, log)) throw new ConsoleError('not-found');
    const { request_id } = request.params;
    return {
      can_replay: explainer?.replay(request_id) !== undefined,
      signature: await explainer?.signature(request_id),
      passed_over: explainer?.passedOver(request_id),
    };
  });
  routes.get('/live', { exposeHeadRoute: false }, async (request, reply) => {
    await keeper.need(request);
    if (live.full) throw new ConsoleError('busy');
    reply.hijack();
    // Proxies of the usual kind keep events back unless told not to.
    reply.header('content-type', 'text/event-stream;charset=utf-8').header('x-accel-buffering', 'no');
    reply.raw.writeHead(200, reply.getHeaders() as OutgoingHttpHeaders);
    live.listen(reply.raw, async () => (await keeper.find(request, false)) !== undefined);
  });
  routes.get('/figures', async (request) => {
    await keeper.need(request);
    const asked = new URL(request.url, 'http://console').searchParams.get('minutes') ?? String(COUNTED_MINUTES);
    const minutes = /^\d{1,4}$/.test(asked) ? Number(asked) : 0;
    if (minutes < 1 || minutes > MOST_MINUTES) throw new ConsoleError('wrong-field', { field: 'minutes' });
    const since = Math.floor(clock().getTime() / 60_000 - minutes + 1) * 60_000;
    return { since: since / 1000, minutes: await findMinutes(sql, new Date(since)) };
  });
}

/** Reads `{ method, request?, session_user? }`. */
function readCall(body: Body): Pick<OperatorCall, 'method' | 'request' | 'session_user'> {
  const method = textOf(body, 'method', { most: 128 });
  const { request = {}, session_user } = body;
  if (typeof request !== 'object' || request === null || Array.isArray(request))
    throw new ConsoleError('wrong-field', { field: 'request' });
  if (session_user != null && !Number.isSafeInteger(session_user))
    throw new ConsoleError('wrong-field', { field: 'session_user' });
  const user = session_user == null ? {} : { session_user: session_user as number };
  return { method, request: new Map(Object.entries(request)), ...user };
}
