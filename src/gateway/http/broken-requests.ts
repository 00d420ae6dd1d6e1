import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Reply, Router } from '../router.ts';
import { type BodyRoom, growingBuffer } from './body.ts';
import { type BrokenRequest, type ParserError, pageFault, platformFault, readBroken } from './broken-request.ts';
import { headEndFinder } from './head-end.ts';
import type { Turns } from './one-at-a-time.ts';
import { takeHead, writeReply } from './plain-connections.ts';
import type { RequestHead } from './plain-request.ts';

/** What is done with bytes that are no HTTP request. */
export type BrokenRequests = {
  /** Tells of a request that node's server began to read. */
  began(request: IncomingMessage, response: ServerResponse): void;
  /** Takes an error of the parser. Answers that are owed on the connection go out before anything else. */
  take(error: ParserError, socket: Duplex): void;
  /** Refuses a request whose verb no path takes. */
  refuse(socket: Duplex, request: Pick<RequestHead, 'method' | 'url'>): void;
};

/** Characters of a request's start that are kept for the case that its end is broken. */
const MOST_START = 2048;
/** Bytes that are still read of a broken request, to learn what format it asks for, and how long that may take. */
const MOST_GATHERED = 256 * 1024;
const GATHER_MS = 500;
/** How long a caller may take to read the refusal, after which its connection ends whatever it still sends. */
const LINGER_MS = 1000;

/** What is known of a connection: how its present request begins, and its response where node has one. */
type Known = { readonly start: string; readonly response?: ServerResponse };

/**
 * Answers what node's HTTP parser refuses: with an entry of the error table, HTTP status 200, what goes to `/router/…`
 * (TOP protocol 5.1), and with a status of RFC 9110 all else. A connection ends with it, since nobody knows where its next
 * request would begin; answers that are owed on it go out first, the last one saying that it closes.
 */
export function createBrokenRequests(router: Router, turns: Turns, room: BodyRoom): BrokenRequests {
  const present = new WeakMap<Duplex, Known>();
  const gathering = new WeakMap<Duplex, (error: ParserPiece) => void>();
  return {
    began(request, response) {
      const start = `${request.method} ${request.url?.slice(0, MOST_START)}`;
      const { socket } = request;
      present.set(socket, { start, response });
      response.once('close', () => present.get(socket)?.response === response && present.set(socket, { start }));
    },
    take(error, socket) {
      const more = gathering.get(socket);
      if (more !== undefined) {
        more(error);
        return;
      }
      if (error.code === 'ECONNRESET' || !socket.writable) {
        socket.destroy();
        return;
      }
      const { start = '', response } = present.get(socket) ?? {};
      if (response !== undefined) {
        gathering.set(socket, () => undefined);
        closeAfter(turns, response, error);
      } else {
        const head = takeHead(socket);
        const known = head.length === 0 ? error : Object.assign(error, { rawPacket: head, bytesParsed: 0 });
        const add = gatherBroken(room, (bytes) => void answer(router, socket, readBroken(known, start, bytes)));
        gathering.set(socket, add);
        // Node would end the connection with what its caller sends, before the answer is there.
        socket.removeAllListeners('end').once('end', () => add({}));
        add(known);
      }
    },
    refuse: (socket, { method = '', url = '' }) =>
      void answer(router, socket, readBroken({ code: 'HPE_INVALID_METHOD' }, '', Buffer.from(`${method} ${url}\r\n`))),
  };
}

/** An error with the next piece; without one nothing more comes. */
type ParserPiece = Pick<ParserError, 'code' | 'rawPacket'>;

/** Errors after which nothing of the request is to be waited for. */
const LAST = new Set(['HPE_INVALID_EOF_STATE', 'ERR_HTTP_REQUEST_TIMEOUT', 'NO_ROOM']);

/**
 * Gathers the pieces of a broken request until its head and the body that it announces are there, as far as they can be
 * made out and soon: the format that it asks for may stand anywhere.
 * @param done told once of what came
 * @returns takes the parser's errors, each with the next piece
 */
function gatherBroken(room: BodyRoom, done: (bytes: Buffer) => void): (error: ParserPiece) => void {
  const buffer = growingBuffer(room, MOST_GATHERED);
  const findEnd = headEndFinder();
  let size = 0;
  let expected = Number.POSITIVE_INFINITY;
  let isDone = false;
  const end = (unheld: Buffer = Buffer.alloc(0)): void => {
    clearTimeout(timer);
    if (isDone) return;
    isDone = true;
    const bytes = size === 0 ? unheld : buffer.handOver();
    buffer.giveBack();
    done(bytes);
  };
  const timer = setTimeout(() => end(), GATHER_MS);
  return ({ code = '', rawPacket }) => {
    if (isDone || rawPacket === undefined) return end();
    const piece = rawPacket.subarray(0, MOST_GATHERED - size);
    if (!buffer.add(piece)) return end(piece);
    const found = expected === Number.POSITIVE_INFINITY ? findEnd(piece) : -1;
    if (found !== -1) expected = size + found + bodyLength(buffer.held().toString('latin1', 0, size + found));
    size += piece.length;
    if (size >= Math.min(expected, MOST_GATHERED) || LAST.has(code)) end();
  };
}

const BODY_FIELDS = /\n(content-length|transfer-encoding):[\t ]*([^\r\n]*)/gi;

/** How many bytes of body a head announces, which may be broken; without end where that cannot be told. */
function bodyLength(head: string): number {
  const [field, ...more] = head.matchAll(BODY_FIELDS);
  if (field === undefined) return 0;
  const [, name = '', value = ''] = field;
  const isPlain = more.length === 0 && name.toLowerCase() === 'content-length' && /^\d{1,9}$/.test(value.trim());
  return isPlain ? Number(value) : Number.POSITIVE_INFINITY;
}

/**
 * Lets the last answer that is owed on a connection end it. A request that is not there as a whole cannot be carried out
 * any more, and learns why.
 */
function closeAfter(turns: Turns, response: ServerResponse, error: Error): void {
  const request = response.req;
  if (response.headersSent) response.once('finish', () => request.socket.destroySoon());
  else response.shouldKeepAlive = false;
  if (request.complete) return;
  // Who reads the body listens by then.
  turns.whenTaken(request, () =>
    setImmediate(() => {
      if (request.listenerCount('error') > 0) request.emit('error', error);
    }),
  );
}

async function answer(router: Router, socket: Duplex, broken: BrokenRequest): Promise<void> {
  const { remoteAddress } = socket as Socket;
  const { method, target } = broken;
  if (target === undefined || !router.takes(target)) return end(socket, pageFault(broken));
  const head = { method, url: target, headers: {}, socket: { remoteAddress } };
  const reply = await router.refuse(head, platformFault(broken), broken.text);
  end(socket, reply);
}

/** Writes the last answer of a connection, and gives its caller time to read it. */
function end(socket: Duplex, reply: Reply | string): void {
  if (!socket.writable) return void socket.destroy();
  if (typeof reply === 'string') socket.write(reply);
  else writeReply(socket, reply, 'close');
  socket.end();
  socket.on('error', () => undefined);
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
