import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type BodyRoom, growingBuffer } from './body.ts';
import { headEndFinder } from './head-end.ts';
import { escapeLine } from './plain-request.ts';

/** Most bytes that are kept of a head; node's parser has a limit of half of it, but does not count every byte. */
const MOST_HEAD = 128 * 1024;
/** The room that an unfinished head takes at first, in bytes. */
const FIRST_ROOM = 1024;

/** Why a head does not come to the parser: there is no room for it, or it is too long. */
export type FeedFault = { readonly code: 'NO_ROOM' | 'HPE_HEADER_OVERFLOW'; readonly rawPacket: Buffer };

/** Where the bytes of a connection go. */
export type FeedParts = {
  /** Node's parser. {@link RequestFeed.began} is told of a request before this returns. */
  readonly parse: (bytes: Buffer) => void;
  /** Takes what does not come to the parser, piece by piece. */
  readonly fail: (fault: FeedFault) => void;
  /** Memory for unfinished heads. */
  readonly room: BodyRoom;
};

/** What comes on a connection, on its way to node's parser. */
export type RequestFeed = {
  take(bytes: Buffer): void;
  /** Tells of a request that the parser began. */
  began(request: IncomingMessage): void;
  /** Gives what came of the present head, and keeps nothing from then on: something is wrong with it. */
  takeHead(): Buffer;
};

/**
 * Gives node's parser what comes on a connection, and keeps each head until it is whole: what is wrong with it is told by
 * its beginning. The first line of each is escaped, be it of the first request or a later one, sent ahead or in pieces:
 * how bytes were cut has no say in what they mean. Where a request ends is told by the parser; where it finds none in a
 * head, all that follows is its own.
 */
export function feedRequests(socket: Socket, { parse, fail, room }: FeedParts): RequestFeed {
  const findEnd = headEndFinder();
  const head = growingBuffer(room, MOST_HEAD, FIRST_ROOM);
  let isFirstLine = true;
  /** The request whose body is coming, and bytes of it that are still to come: NaN when it comes in chunks. */
  let present: IncomingMessage | undefined;
  let left = 0;
  let state: 'reading' | 'passing' | FeedFault['code'] = 'reading';

  /** The piece of a head that is looked at. */
  let piece: Buffer = NOTHING;

  const refuse = (code: FeedFault['code']): void => {
    state = code;
    fail({ code, rawPacket: piece });
  };
  const parseHead = (isWhole: boolean): void => {
    const sent = isFirstLine ? escapeLine(piece) : piece;
    isFirstLine = isWhole || (isFirstLine && !piece.includes(LF));
    parse(sent);
    if (state !== 'reading') return;
    if (!isWhole) {
      if (!head.add(piece)) refuse('NO_ROOM');
      return;
    }
    head.giveBack();
    if (present === undefined) state = 'passing';
    else if (present.complete) present = undefined;
  };
  const feedHead = (rest: Buffer): number => {
    // Line breaks before a request are passed over (RFC 9112 2.2).
    const breaks = head.held().length === 0 ? countBreaks(rest) : 0;
    if (breaks > 0) {
      parse(rest.subarray(0, breaks));
      return breaks;
    }
    const found = findEnd(rest);
    piece = found === -1 ? rest : rest.subarray(0, found);
    const { length } = piece;
    if (head.held().length + length > MOST_HEAD) refuse('HPE_HEADER_OVERFLOW');
    else parseHead(found !== -1);
    piece = NOTHING;
    return length;
  };
  const feedBody = (rest: Buffer): number => {
    const found = Number.isNaN(left) ? findEnd(rest) : left;
    const bytes = found === -1 ? rest : rest.subarray(0, found);
    left -= bytes.length;
    parse(bytes);
    if (present?.complete) present = undefined;
    return bytes.length;
  };
  const feed = (rest: Buffer): number => {
    if (state === 'reading') return present === undefined ? feedHead(rest) : feedBody(rest);
    if (state === 'passing') parse(rest);
    else fail({ code: state, rawPacket: rest });
    return rest.length;
  };
  return {
    take(bytes) {
      for (let at = 0; at < bytes.length && !socket.destroyed; ) {
        const rest = bytes.subarray(at);
        // What comes ahead of answers waits for them.
        if (socket.isPaused()) return void socket.unshift(rest);
        at += feed(rest);
      }
    },
    began(request) {
      present = request;
      const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
      left = encoding === undefined ? Number(length ?? 0) : Number.NaN;
    },
    takeHead() {
      const held = Buffer.concat([head.held(), piece]);
      head.giveBack();
      if (state === 'reading') state = 'passing';
      return held;
    },
  };
}

const NOTHING = Buffer.alloc(0);
const [LF, CR] = [10, 13];

function countBreaks(bytes: Buffer): number {
  let count = 0;
  while (bytes[count] === LF || bytes[count] === CR) count++;
  return count;
}
