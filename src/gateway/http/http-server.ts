import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { platformError } from '../../contract/errors.ts';
import type { Router } from '../router.ts';
import { type BodyRoom, endUnread, hasBody } from './body.ts';
import { createBrokenRequests } from './broken-requests.ts';
import { oneAtATime, type Take } from './one-at-a-time.ts';
import { takePlainCalls } from './plain-connections.ts';

const HTTP = {
  requestTimeout: 30_000,
  keepAliveTimeout: 72_000,
  // A GET carries its parameters in the first line, long JSON texts among them.
  maxHeaderSize: 64 * 1024,
  // A request without a body has no end to be told of: a twentieth of a call's time.
  optimizeEmptyRequests: true,
  // What lacks one is answered as its path wants it.
  requireHostHeader: false,
} as const;

/** How long nothing may go out or come in on a connection whose answer is not read to its end, in milliseconds. */
const MOST_SILENT_MS = 120_000;

/** An HTTP server that does not listen yet. */
export type HttpServer = {
  readonly http: Server;
  /** Takes what node's parser could make nothing of; for the event `clientError`. */
  onBroken(error: Error, socket: Duplex): void;
  /** Ends the connections on which plain calls came only, each after the call that is under way. */
  stopPlainCalls(): void;
};

/**
 * Makes the HTTP server: `/router/…` goes to the router, all else to `serve`. A caller that ends its sending half is
 * still answered (RFC 9112 9.6), and what is no HTTP goes to {@link createBrokenRequests}.
 * @param room memory for heads that are not there as a whole
 */
export function createHttpServer(router: Router, serve: Take, room: BodyRoom): HttpServer {
  const answer: Take = (request, response) => {
    if (hasBody(request)) endUnread(request, response);
    const fault = hostFault(request);
    const failure = fault === undefined ? undefined : platformError('bad-request', { sub_msg: fault });
    if (router.serve(request, response, failure)) return;
    if (fault !== undefined) return refuse(response, 400, fault);
    // A type without a body would make fastify wait for the body's end, which nobody tells it of.
    if (!hasBody(request)) delete request.headers['content-type'];
    serve(request, response);
  };
  const turns = oneAtATime(answer);
  const broken = createBrokenRequests(router, turns, room);
  const take: Take = (request, response) => {
    broken.began(request, response);
    turns.take(request, response);
  };
  const http = createServer(HTTP, take);
  // Node would take the end of what a caller sends for the end of its interest.
  Object.assign(http, { httpAllowHalfOpen: true });
  http.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    if (router.takes(request.url ?? '')) http.emit('request', request, response);
    else refuse(response, 417, 'the only expectation that is met is 100-continue');
  });
  http.on('connect', ({ method, url }: IncomingMessage, socket: Duplex) => broken.refuse(socket, { method, url }));
  // Calls have a deadline of their own; this one ends connections whose answers nobody reads.
  http.setTimeout(MOST_SILENT_MS);
  return { http, onBroken: broken.take, stopPlainCalls: takePlainCalls(http, router, room) };
}

/** What is wrong with the Host header of a request (RFC 9112 3.2), or undefined. */
function hostFault({ httpVersion, rawHeaders }: IncomingMessage): string | undefined {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
  }
  if (hosts > 1) return 'the request has more than one Host header; send one';
  return hosts === 0 && httpVersion === '1.1' ? 'the request has no Host header; HTTP/1.1 wants one' : undefined;
}

function refuse(response: ServerResponse, status: number, message: string): void {
  const body = JSON.stringify({ error: 'bad_request', message });
  const type = 'application/json; charset=utf-8';
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body), connection: 'close' });
  response.end(body);
}
