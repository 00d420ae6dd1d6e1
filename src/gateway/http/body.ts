import type { IncomingMessage, ServerResponse } from 'node:http';
import { platformError } from '../../contract/errors.ts';
import type { Label } from '../../contract/schema.ts';
import { cut } from '../../wire/text.ts';

/** Memory for bodies that come in parts and for heads that are not there as a whole, of all requests together. */
export type BodyRoom = {
  /** Takes bytes; false when there is no room for them. */
  take(bytes: number): boolean;
  give(bytes: number): void;
};

/**
 * Opens the room for bodies.
 * @param most bytes of all bodies together
 */
export function openBodyRoom(most: number): BodyRoom {
  let taken = 0;
  return {
    take(bytes) {
      if (taken + bytes > most) return false;
      taken += bytes;
      return true;
    },
    give(bytes) {
      taken -= bytes;
    },
  };
}

/** How bodies are read. */
export type BodyLimits = {
  /** Most bytes of a body. */
  readonly most: number;
  readonly room: BodyRoom;
};

/** Whether a request announces a body, be it empty. */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;

/** So many times the limit is read and dropped, since a client that is still sending would miss the answer. */
const DISCARDED = 4;

/** The first room that a body in parts takes, in bytes; it doubles from there. */
const FIRST_ROOM = 16 * 1024;

/** What each chunk costs does not hang on its size: beyond so many they must have so many bytes on average. */
const MANY_CHUNKS = 16_384;
const LEAST_AVERAGE = 64;

/**
 * Reads the body of a request into one growing buffer. What it holds is taken from the room until the response is closed.
 * Rejects with platform error 42 for a body over the limit, 15 (retryable) when there is no room left, 43 for one that is
 * packed, cut off, or in too many tiny chunks.
 */
export async function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  { most, room }: BodyLimits,
): Promise<Buffer> {
  const { 'content-length': length, 'content-encoding': encoding } = request.headers;
  if (encoding !== undefined && encoding !== 'identity')
    throw platformError('bad-request', {
      sub_msg: {
        zh: `不接收 Content-Encoding 为 ${cut(encoding)} 的请求体：请不压缩直接发送`,
        en: `Content-Encoding ${cut(encoding)} is not taken: send the body as it is`,
      },
    });
  if (Number(length) > most * DISCARDED) throw tooLarge(most);
  // Bytes that came along with the head are parsed before this goes on, and nearly always they are the whole body.
  await undefined;
  if (request.complete) return bounded(request.read() ?? Buffer.alloc(0), most);
  const announced = Number(length ?? 0);
  const buffer = growingBuffer(room, announced || most);
  response.once('close', buffer.giveBack);
  return new Promise((done, failed) => {
    let size = 0;
    let chunks = 0;
    const stop = (error: Error): void => {
      request.off('data', take);
      buffer.giveBack();
      failed(error);
    };
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      chunks += 1;
      if (chunks > MANY_CHUNKS && size < chunks * LEAST_AVERAGE) stop(size > most ? tooLarge(most) : tooTiny());
      else if (size > most * DISCARDED) stop(tooLarge(most));
      else if (size > most || announced > most) buffer.giveBack();
      else if (!buffer.add(chunk)) stop(platformError('service-unavailable'));
    };
    request.on('data', take);
    request.on('end', () => (size > most ? stop(tooLarge(most)) : done(buffer.handOver())));
    request.on('error', () => stop(platformError('bad-request', { sub_msg: CUT_OFF })));
  });
}

function bounded(bytes: Buffer, limit: number): Buffer {
  if (bytes.length > limit) throw tooLarge(limit);
  return bytes;
}

const tooLarge = (limit: number) =>
  platformError('request-too-large', {
    sub_msg: { zh: `请求体最多 ${limit} 字节`, en: `the body may have at most ${limit} bytes` },
  });

const tooTiny = () =>
  platformError('bad-request', {
    sub_msg: { zh: '请求体被分成了太多的小块', en: 'the body comes in too many tiny chunks' },
  });

const CUT_OFF: Label = { zh: '请求体没有发送完整', en: 'the body was cut off' };

/**
 * Makes a buffer that doubles when it is full, up to an end, as far as there is room.
 * @param first bytes that it takes at first
 */
export function growingBuffer(room: BodyRoom, most: number, first = FIRST_ROOM) {
  let bytes: Buffer = Buffer.alloc(0);
  let length = 0;
  let taken = 0;
  return {
    /** False when there is no room for the bytes; nothing is added then. */
    add(chunk: Buffer): boolean {
      const needed = length + chunk.length;
      if (needed > bytes.length) {
        const size = Math.max(needed, Math.min(most, Math.max(first, bytes.length * 2)));
        if (!room.take(size - taken)) return false;
        taken = size;
        const larger = Buffer.allocUnsafeSlow(size);
        bytes.copy(larger, 0, 0, length);
        bytes = larger;
      }
      chunk.copy(bytes, length);
      length = needed;
      return true;
    },
    /** What was added, to look at. */
    held: () => bytes.subarray(0, length),
    /** What was added, held here no longer: the request outlives its body by the whole call. */
    handOver(): Buffer {
      const whole = bytes.subarray(0, length);
      bytes = Buffer.alloc(0);
      return whole;
    },
    giveBack(): void {
      room.give(taken);
      taken = 0;
      bytes = Buffer.alloc(0);
      length = 0;
    },
  };
}

/** How long and of how much the rest of a body is still read after its answer, and dropped. */
const DRAIN_MS = 2000;
const DRAIN_CHUNKS = 16_384;
const DRAIN_BYTES = 16 * 1024 * 1024;

/**
 * Reads on for a while and drops what comes: a connection that is closed with bytes unread is reset, and the client would
 * miss the answer that was sent (RFC 9112 9.6). Resolves when the body or the connection ends, or it has been enough.
 */
export function drain(request: IncomingMessage): Promise<void> {
  return new Promise((done) => {
    let chunks = 0;
    let bytes = 0;
    const timer = setTimeout(done, DRAIN_MS);
    const end = (): void => {
      clearTimeout(timer);
      request.off('data', take);
      done();
    };
    const take = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (++chunks > DRAIN_CHUNKS || bytes > DRAIN_BYTES) end();
    };
    request.on('data', take).on('end', end).on('close', end).on('error', end);
  });
}

/** Ends the connection of a request whose body is still coming, and much of it, once it has been answered. */
export function endUnread(request: IncomingMessage, response: ServerResponse): void {
  response.once('finish', () => {
    if (!request.complete) drain(request).then(() => request.complete || request.socket.destroySoon());
  });
}
