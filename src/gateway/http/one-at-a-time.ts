import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Takes a request. */
export type Take = (request: IncomingMessage, response: ServerResponse) => void;

/** A request that was sent ahead of the answers before it, and who wants to know that its turn has come. */
type Waiting = { readonly begin: () => void; readonly told: (() => void)[] };

/** A connection: the answer that is under way, and what waits for its end. */
type Line = { present: ServerResponse | undefined; readonly waiting: Waiting[]; ended: boolean };

/** Serves the requests of each connection one after the other. */
export type Turns = {
  readonly take: Take;
  /** Runs a function once a request has been taken: at once where it was taken already. */
  whenTaken(request: IncomingMessage, then: () => void): void;
};

/** Most requests that wait on all connections together, at some 4 KB each. One read brings up to 3,600 of them. */
const MOST_WAITING = 20_000;
/** How long a connection may take for its last answer once too many requests wait, in milliseconds. */
const LINGER_MS = 1000;

/**
 * Makes a taker that serves the requests of a connection one after the other, as they came. Node begins with all that a
 * caller sends ahead of its answers, and reads on while none of them is written: one connection could fill the memory.
 * While requests wait nothing more is read; where too many wait, the connection ends with the answer under way, and those
 * behind it are not carried out.
 */
export function oneAtATime(take: Take, most = MOST_WAITING): Turns {
  const lines = new WeakMap<Socket, Line>();
  const waitingFor = new WeakMap<IncomingMessage, Waiting>();
  let waiting = 0;
  const leave = (line: Line): void => {
    waiting -= line.waiting.length;
    line.waiting.length = 0;
    line.ended = true;
  };
  const open = (socket: Socket): Line => {
    const line: Line = { present: undefined, waiting: [], ended: false };
    lines.set(socket, line);
    // Node reads on by itself, as soon as an answer has been read.
    socket.on('resume', () => line.waiting.length > 0 && socket.pause());
    socket.once('close', () => leave(line));
    return line;
  };
  const begin = (line: Line, request: IncomingMessage, response: ServerResponse): void => {
    line.present = response;
    response.once('close', () => next(line, request.socket));
    take(request, response);
  };
  const next = (line: Line, socket: Socket): void => {
    line.present = undefined;
    // Nobody would learn of what is carried out behind the last answer.
    if (!socket.writable) leave(line);
    const first = line.waiting.shift();
    if (first === undefined) return;
    waiting--;
    if (line.waiting.length === 0) socket.resume();
    first.begin();
    for (const tell of first.told) tell();
  };
  return {
    take(request, response) {
      const { socket } = request;
      const line = lines.get(socket) ?? open(socket);
      if (line.ended) return;
      if (line.present === undefined) begin(line, request, response);
      else if (waiting >= most) {
        leave(line);
        line.present.once('close', () => socket.destroySoon());
        setTimeout(() => socket.destroy(), LINGER_MS).unref();
      } else {
        waiting++;
        const own: Waiting = {
          begin() {
            waitingFor.delete(request);
            begin(line, request, response);
          },
          told: [],
        };
        waitingFor.set(request, own);
        line.waiting.push(own);
        socket.pause();
      }
    },
    whenTaken(request, then) {
      const own = waitingFor.get(request);
      if (own === undefined) then();
      else own.told.push(then);
    },
  };
}
