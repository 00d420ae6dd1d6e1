import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { addAskedFormat } from '../../wire/asked-format.ts';
import type { Reply, Router } from '../router.ts';
import { type BrokenRequest, type ParserError, pageFault, platformFault, readBroken } from './broken-request.ts';
import type { Turns } from './one-at-a-time.ts';
import { writeReply } from './plain-connections.ts';
import type { RequestHead } from './plain-request.ts';
import { escapeTarget, readPlainRequest } from './plain-request.ts';
import { gatherHead } from './unfinished-head.ts';

/** What is done with bytes that are no HTTP request. */
export type BrokenRequests = {
  /** Tells of a connection that goes over to node's server, and of its first bytes. */
  handedOver(socket: Duplex, bytes: Buffer): void;
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
export function createBrokenRequests(router: Router, turns: Turns): BrokenRequests {
  const known = new WeakMap<Duplex, Known>();
  const gathering = new WeakMap<Duplex, (error: ParserError) => void>();
  return {
    handedOver: (socket, bytes) => void known.set(socket, { start: startOf(bytes) }),
    began(request, response) {
      const start = `${request.method} ${request.url?.slice(0, MOST_START)}`;
      const { socket } = request;
      known.set(socket, { start, response });
      response.once('close', () => known.get(socket)?.response === response && known.set(socket, { start }));
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
      const { start = '', response } = known.get(socket) ?? {};
      if (response !== undefined) {
        gathering.set(socket, () => undefined);
        closeAfter(turns, response, error);
      } else {
        const head = gatherHead(MOST_GATHERED, GATHER_MS, (bytes) => {
          void answer(router, socket, readBroken(error, start, bytes));
        });
        // The parser reads the next bytes into the same memory.
        const add = ({ rawPacket }: ParserError) =>
          rawPacket === undefined ? head.end() : head.add(Buffer.from(rawPacket));
        gathering.set(socket, add);
        add(error);
      }
    },
    refuse: (socket, { method = '', url = '' }) =>
      void answer(router, socket, readBroken({ code: 'HPE_INVALID_METHOD' }, '', Buffer.from(`${method} ${url}\r\n`))),
  };
}

/** The beginning of a request, and the format that it asks for further on. */
function startOf(bytes: Buffer): string {
  const start = bytes.toString('latin1', 0, MOST_START);
  if (bytes.length <= MOST_START) return start;
  const asked = addAskedFormat(new Map(), bytes.toString('latin1', MOST_START));
  return [start, ...[...asked].map((pair) => pair.join('='))].join('\n');
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
  // A whole call whose target is only spelled in raw UTF-8 can be carried out.
  const escaped = escapeTarget(broken.bytes);
  const plain = escaped === broken.bytes ? undefined : readPlainRequest(escaped, { remoteAddress });
  const reply = await ((plain && router.answer(plain.head, plain.body)) ??
    router.refuse({ method, url: target, headers: {}, socket: { remoteAddress } }, platformFault(broken), broken.text));
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
