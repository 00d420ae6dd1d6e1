import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { PACKED_HEADERS, type Reply, type Router } from '../router.ts';
import type { BodyRoom } from './body.ts';
import { readPlainRequest } from './plain-request.ts';
import { type FeedFault, feedRequests, type RequestFeed } from './request-feed.ts';

/** Bytes of answers that a caller leaves unread before no more is read from it. */
const MOST_UNREAD = 64 * 1024;

/**
 * Takes connections ahead of node's HTTP server and answers the plain calls on them by itself: reading and writing by
 * node's server is a fifth of a small call's time. With the first bytes that are not one whole plain request (another
 * path or method, a body in parts or chunks, requests sent ahead of their answers) a connection goes over to node's
 * server, these bytes first, for good.
 * @param room memory for heads that are not there as a whole
 * @returns stops: connections on which no call is under way end at once, the others after their answer
 */
export function takePlainCalls(http: Server, router: Router, room: BodyRoom): () => void {
  const state: State = { http, router, handOver: handsOver(http, room), connections: new Set(), stopping: false };
  http.on('connection', (socket: Socket) => hold(state, socket));
  return () => {
    state.stopping = true;
    for (const { stop } of state.connections) stop();
  };
}

/** Makes what hands connections over to node's server: its listener of connections steps back for that. */
function handsOver(http: Server, room: BodyRoom): (socket: Socket) => void {
  const [serve] = http.listeners('connection') as [(socket: Socket) => void];
  http.off('connection', serve);
  http.prependListener('request', (request: IncomingMessage) => feeds.get(request.socket)?.began(request));
  return (socket) => {
    serve.call(http, socket);
    const [parse] = socket.listeners('data') as [(bytes: Buffer) => void];
    const fail = (fault: FeedFault): void => {
      if (!http.emit('clientError', fault, socket)) socket.destroy();
    };
    const feed = feedRequests(socket, { parse, fail, room });
    feeds.set(socket, feed);
    socket.off('data', parse).on('data', feed.take);
    socket.once('close', feed.takeHead);
  };
}

const feeds = new WeakMap<Duplex, RequestFeed>();

/** What came of the head that node's parser is reading on a connection; what follows it is not kept. */
export const takeHead = (socket: Duplex): Buffer => feeds.get(socket)?.takeHead() ?? Buffer.alloc(0);

type State = {
  readonly http: Server;
  readonly router: Router;
  readonly handOver: (socket: Socket) => void;
  readonly connections: Set<Connection>;
  stopping: boolean;
};

/** A connection on which only plain calls came so far. */
type Connection = { readonly stop: () => void };

function hold(state: State, socket: Socket): void {
  const peer = { remoteAddress: socket.remoteAddress };
  let busy = false;
  /** What came while a call was under way. */
  let early: Buffer | undefined;
  // An answer that the caller has not read to its end yet still goes out.
  const connection: Connection = { stop: () => busy || socket.destroySoon() };
  const listeners = {
    data(bytes: Buffer): void {
      if (busy) {
        early = early === undefined ? bytes : Buffer.concat([early, bytes]);
        socket.pause();
        return;
      }
      let reply: Promise<Reply> | undefined;
      try {
        const request = readPlainRequest(bytes, peer);
        reply = request && state.router.answer(request.head, request.body);
      } catch {
        // Thrown from here it would end the process.
        socket.destroy();
        return;
      }
      if (reply === undefined) letGo(bytes);
      else {
        busy = true;
        reply.then(answer, fail);
      }
    },
    end: () => busy || socket.end(),
    error: () => socket.destroy(),
    timeout: () => busy || socket.destroy(),
    close: () => state.connections.delete(connection),
  };
  const fail = (): void => void socket.destroy();
  const answer = (reply: Reply): void => {
    busy = false;
    if (socket.destroyed) return;
    write(socket, reply, state);
    if (state.stopping || socket.readableEnded) socket.destroySoon();
    else if (early !== undefined) letGo(early);
    else if (socket.writableLength > MOST_UNREAD) socket.pause().once('drain', () => socket.resume());
  };
  const letGo = (bytes: Buffer): void => {
    for (const [event, listener] of Object.entries(listeners)) socket.off(event, listener);
    state.connections.delete(connection);
    socket.setTimeout(0).pause().unshift(bytes);
    state.handOver(socket);
    socket.resume();
  };
  for (const [event, listener] of Object.entries(listeners)) socket.on(event, listener);
  socket.setTimeout(state.http.keepAliveTimeout);
  state.connections.add(connection);
}

/** Writes the reply to a plain call; the connection stays unless the server stops. */
function write(socket: Socket, reply: Reply, { http, stopping }: State): void {
  const stay = `keep-alive\r\nKeep-Alive: timeout=${Math.floor(http.keepAliveTimeout / 1000)}`;
  writeReply(socket, reply, stopping ? 'close' : stay);
}

/** Writes a reply as node's server would, with a value of the header Connection. */
export function writeReply(socket: Duplex, { type, body, packed }: Reply, connection: string): void {
  const head =
    `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
    `${packed ? PACKED : ''}Date: ${httpDate()}\r\nConnection: ${connection}\r\n\r\n`;
  if (typeof body === 'string') return void socket.write(head + body);
  socket.cork();
  socket.write(head, 'latin1');
  socket.write(body);
  socket.uncork();
}

const PACKED = `${PACKED_HEADERS[0]}: ${PACKED_HEADERS[1]}\r\n${PACKED_HEADERS[2]}: ${PACKED_HEADERS[3]}\r\n`;

let dateSecond = 0;
let dateText = '';

/** This second as a Date header has it (RFC 9110 5.6.7), made once for all answers of the second. */
function httpDate(): string {
  const second = Math.floor(Date.now() / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateText = new Date(second * 1000).toUTCString();
  }
  return dateText;
}
