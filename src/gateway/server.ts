import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { KIND_HEADER, type Kind } from '../database/mark.ts';
import type { Dispatcher } from './call.ts';
import { createHttpServer, type HttpServer } from './http-server.ts';
import type { Metrics } from './metrics.ts';
import { type OAuth, serveOAuth } from './oauth.ts';
import { createRouter } from './router.ts';

/** What the HTTP server is made of. */
export type ServerParts = {
  readonly dispatcher: Dispatcher;
  readonly oauth: OAuth;
  readonly metrics: Metrics;
  /** Resolves when the database answers; rejects or hangs when it does not. */
  readonly ping: () => Promise<unknown>;
  readonly logger: FastifyBaseLogger;
  /** Most bytes of a request body. */
  readonly bodyLimit: number;
  readonly trustProxy: readonly string[];
  /** What the database is marked. */
  readonly kind: Kind;
};

const PING_MS = 1000;

/** Builds the HTTP server: the gateway, the authorisation pages, and what operators watch. It does not listen yet. */
export function buildServer(parts: ServerParts): FastifyInstance {
  const router = createRouter(parts);
  let own: HttpServer | undefined;
  const server = fastify({
    serverFactory: (handle) => {
      own = createHttpServer(router, handle);
      return own.http;
    },
    clientErrorHandler: (error, socket) => own?.onBroken(error, socket),
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
  server.addHook('preClose', async () => own?.stopPlainCalls());
  serveOAuth(server, parts.oauth);
  serveOperations(server, parts);
  server.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .send({ error: 'not_found', message: `nothing is served at ${request.method} ${pathOf(request.url)}` }),
  );
  server.setErrorHandler((error: { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) request.log.error(error);
    return reply.code(status).send({ error: status >= 500 ? 'internal' : 'bad_request' });
  });
  return server;
}

/** An address without its query, which may hold what is nobody's business. */
const pathOf = (url: string): string => url.split('?', 1)[0] as string;

/** `/health` says that the process lives, `/ready` that it can serve calls, `/metrics` what Prometheus reads. */
function serveOperations(server: FastifyInstance, { metrics, ping, kind }: ServerParts): void {
  let closing = false;
  server.addHook('preClose', async () => {
    closing = true;
  });
  server.get('/health', async (_request, reply) => {
    reply.header(KIND_HEADER, kind);
    return { status: 'ok' };
  });
  server.get('/ready', async (_request, reply) => {
    const answers = await Promise.race([
      ping().then(
        () => true,
        () => false,
      ),
      new Promise<boolean>((done) => setTimeout(done, PING_MS, false).unref()),
    ]);
    if (answers && !closing) return { status: 'ready' };
    return reply.code(503).send({ status: closing ? 'closing' : 'database unavailable' });
  });
  server.get('/metrics', async (_request, reply) => {
    const { text, type } = await metrics.page();
    return reply.header('content-type', type).send(text);
  });
}
