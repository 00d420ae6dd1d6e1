import { Readable } from 'node:stream';
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { platformErrors } from '../contract/error-table.ts';
import type { TopError } from '../contract/errors.ts';
import { KIND_HEADER, type Kind } from '../database/mark.ts';
import { cut } from '../wire/text.ts';
import type { Dispatcher } from './dispatcher.ts';
import { refuseOtherVerbs } from './http/allowed-verbs.ts';
import { type BodyRoom, hasBody, readBody } from './http/body.ts';
import { createHttpServer, type HttpServer } from './http/http-server.ts';
import { FOREIGN, ForeignCaller, foreignTo } from './http/own-hosts.ts';
import type { Metrics } from './metrics.ts';
import { createRouter } from './router.ts';

/** What the HTTP server is made of. */
export type ServerParts = {
  readonly dispatcher: Dispatcher;
  readonly metrics: Metrics;
  /** Resolves when the database answers; rejects or hangs when it does not. */
  readonly ping: () => Promise<unknown>;
  /** Why the database that answers cannot be written; undefined when it can. */
  readonly unwritable: () => Promise<string | undefined>;
  readonly logger: FastifyBaseLogger;
  /** Most bytes of a request body. */
  readonly bodyLimit: number;
  readonly bodyRoom: BodyRoom;
  readonly trustProxy: readonly string[];
  /** Names under which a sandbox's routes answer beside this machine's own; undefined in production. */
  readonly ownHosts: readonly string[] | undefined;
  /** What the database is marked. */
  readonly kind: Kind;
};

const PING_MS = 1000;
const UNAVAILABLE = 'database unavailable';

/** Builds the HTTP server: the gateway, and what operators watch. It does not listen yet. */
export function buildServer(parts: ServerParts): FastifyInstance {
  const router = createRouter(parts);
  let own: HttpServer | undefined;
  const server = fastify({
    serverFactory: (handle) => {
      own = createHttpServer(router, handle, parts.bodyRoom);
      return own.http;
    },
    clientErrorHandler: (error, socket) => own?.onBroken(error, socket),
    frameworkErrors: (_error, request, reply) =>
      (reply as FastifyReply)
        .code(400)
        .send({ error: 'bad_request', message: `${cut(pathOf(request.url))} is no address` }),
    loggerInstance: parts.logger,
    // Calls have a record of their own in the call log.
    logController: new LogController({ disableRequestLogging: true }),
    // The gateway reads queries by itself, in the one way that signatures allow.
    routerOptions: { ignoreTrailingSlash: true, querystringParser: () => ({}) },
    trustProxy: parts.trustProxy.length > 0 ? [...parts.trustProxy] : false,
    // One logger for all: a child for every request is work that nothing reads.
    childLoggerFactory: (logger) => logger,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
  });
  refuseOtherVerbs(server);
  server.addHook('preClose', async () => own?.stopPlainCalls());
  server.addHook('preParsing', async (request, reply, payload) => {
    if (!hasBody(request.raw) || request.method === 'GET' || request.is404) return payload;
    return readWhole(request, reply, parts.bodyRoom);
  });
  if (parts.ownHosts !== undefined) guardDoors(server, parts.ownHosts);
  serveOperations(server, parts);
  server.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .send({ error: 'not_found', message: `nothing is served at ${request.method} ${cut(pathOf(request.url))}` }),
  );
  server.setErrorHandler((error: { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status === 503) return reply.code(status).send({ error: 'busy' });
    if (status >= 500) request.log.error(error);
    return reply.code(status).send({ error: status >= 500 ? 'internal' : 'bad_request' });
  });
  return server;
}

/** An address without its query, which may hold what is nobody's business. */
const pathOf = (url: string): string => url.split('?', 1)[0] as string;
/** Fastify's word for a body that is too large, which its own reader uses too. */
const TOO_LARGE = { statusCode: 413, code: 'FST_ERR_CTP_BODY_TOO_LARGE' };

/** The body of a request that fastify parses, read as the gateway's are. */
async function readWhole(request: FastifyRequest, reply: FastifyReply, room: BodyRoom): Promise<Readable> {
  try {
    const bytes = await readBody(request.raw, reply.raw, { most: request.routeOptions.bodyLimit ?? 0, room });
    return Readable.from(bytes.length === 0 ? [] : [bytes]);
  } catch (error) {
    const { body } = error as TopError;
    reply.header('connection', 'close');
    if (body.code === platformErrors['request-too-large'].code) throw Object.assign(new Error(body.msg), TOO_LARGE);
    const busy = body.sub_code === platformErrors['service-unavailable'].sub_code;
    throw Object.assign(new Error(body.sub_msg ?? body.msg), { statusCode: busy ? 503 : 400 });
  }
}

/** What a sandbox opens to whoever comes: login by one click, the tool that signs, consent in the demo user's name. */
const DOORS = /^\/(console\/api|tool)\/|^\/authorize$/;

/** Keeps pages of other sites out of a sandbox, whatever name leads them here. The route tells the route, not the address. */
function guardDoors(server: FastifyInstance, hosts: readonly string[]): void {
  server.addHook('onRequest', async (request, reply) => {
    const route = request.routeOptions.url ?? '';
    if (!DOORS.test(route)) return;
    const isHidden = route === '/authorize';
    const isVisit = isHidden && request.method === 'GET';
    const foreign = foreignTo(hosts, { host: request.host, headers: request.headers, isVisit, isHidden });
    if (foreign === undefined) return;
    if (route.startsWith('/console/')) throw new ForeignCaller(foreign);
    const { status, message } = FOREIGN[foreign];
    return reply.code(status).send({ error: foreign, message });
  });
}

/** `/health` says that the process lives, `/ready` that it can serve calls, `/metrics` what Prometheus reads. */
function serveOperations(server: FastifyInstance, { metrics, ping, unwritable, kind }: ServerParts): void {
  let closing = false;
  server.addHook('preClose', async () => {
    closing = true;
  });
  server.get('/health', async (_request, reply) => {
    reply.header(KIND_HEADER, kind);
    return { status: 'ok' };
  });
  server.get('/ready', async (_request, reply) => {
    const late = new Promise<string>((done) => setTimeout(done, PING_MS, UNAVAILABLE).unref());
    const state = async () => (await ping().then(unwritable, () => UNAVAILABLE)) ?? 'ready';
    const status = closing ? 'closing' : await Promise.race([state(), late]);
    return reply.code(status === 'ready' ? 200 : 503).send({ status });
  });
  server.get('/metrics', async (_request, reply) => {
    const { text, type } = await metrics.page();
    return reply.header('content-type', type).send(text);
  });
}
