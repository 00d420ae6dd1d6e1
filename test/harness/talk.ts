import { once } from 'node:events';
import { connect } from 'node:net';
import { text as readAll } from 'node:stream/consumers';

const PAUSE_MS = 20;
/** How long a connection that stays open is read. */
const ENOUGH_MS = 500;

/**
 * Writes pieces to a connection of their own, one after the other and each byte a character, ends the sending half where `fin` says so, and reads until the server closes.
 * @param answered waits for an answer before each further piece
 */
export async function talkTo(url: string, pieces: readonly string[], fin: boolean, answered = false): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect({ port: Number(port), host: hostname, noDelay: true, allowHalfOpen: true });
  const all = readAll(socket);
  for (const [index, piece] of pieces.entries()) {
    if (index > 0) await (answered ? once(socket, 'data') : new Promise((done) => setTimeout(done, PAUSE_MS)));
    socket.write(piece, 'latin1');
  }
  if (fin) socket.end();
  else setTimeout(() => socket.end(), ENOUGH_MS).unref();
  return all;
}

/** The answers on a connection: status, headers, body. */
export function answersOf(text: string): { status: number; head: string; body: string }[] {
  const answers = [];
  for (let rest = text; rest !== ''; ) {
    const [head = ''] = rest.split('\r\n\r\n', 1);
    const status = Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    const from = head.length + 4;
    answers.push({ status, head, body: Buffer.from(rest.slice(from)).subarray(0, length).toString() });
    rest = Buffer.from(rest.slice(from)).subarray(length).toString();
  }
  return answers;
}
