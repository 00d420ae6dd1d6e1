import type { IncomingMessage } from 'node:http';
import { platformError, type TopError } from '../contract/errors.ts';
import { decodeForm, decodeUtf8, EncodingError } from '../wire/form.ts';
import { boundaryOf, decodeMultipart, MultipartError } from '../wire/multipart.ts';
import { cut } from '../wire/text.ts';
import type { RequestHead } from './plain-request.ts';

/** What a request says, whatever its dialect (client notes, requests). */
export type Received = {
  /** Query and body merged; the body wins where both name a parameter (TOP protocol 4.5). */
  readonly parameters: Map<string, string>;
  /** Text of a body that is not a form. */
  readonly body: string;
  /** Characters of the address and bytes of the body. */
  readonly size: number;
  /** Platform error that stopped the reading; what was read so far still tells the format of the answer. */
  readonly failure?: TopError;
};

/** The form of a body by its content type; a body without one is taken for a form, as TOP's own clients mean it. */
function bodyKind(contentType: string): 'form' | 'multipart' | 'raw' {
  const media = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (media === '' || media === 'application/x-www-form-urlencoded') return 'form';
  return media === 'multipart/form-data' ? 'multipart' : 'raw';
}

/**
 * Reads the query and the body of a request, a GET's body included. Never throws for what the caller sent: an unreadable
 * request comes back with its platform error.
 * @param bodyLimit most bytes of the body
 * @param expected `raw` when the body is never a form whatever its content type, as that of a batch
 */
export async function receive(request: IncomingMessage, bodyLimit: number, expected?: 'raw'): Promise<Received> {
  if (!hasBody(request)) return understand(request, undefined, expected);
  try {
    return await understand(request, await readBody(request, bodyLimit), expected);
  } catch (error) {
    const rest = await understand(request, undefined, expected);
    return { ...rest, failure: rest.failure ?? (error as TopError) };
  }
}

/** The same for a request whose body is there already, or that has none; to be waited for when that is a multipart form. */
export function understand(
  head: RequestHead,
  bytes: Buffer | undefined,
  expected?: 'raw',
): Received | Promise<Received> {
  const { method, url = '', headers } = head;
  const parameters = new Map<string, string>();
  const query = url.indexOf('?');
  const size = url.length + (bytes?.length ?? 0);
  try {
    if (query !== -1) decodeForm(url.slice(query + 1), parameters);
    if (method !== 'GET' && method !== 'POST') throw platformError('http-action-not-allowed');
    if (bytes === undefined || bytes.length === 0) return { parameters, body: '', size };
    const contentType = String(headers['content-type'] ?? '');
    const kind = expected ?? bodyKind(contentType);
    if (kind === 'raw') return { parameters, body: decodeUtf8(bytes), size };
    if (kind === 'form') decodeForm(decodeUtf8(bytes), parameters);
    else {
      return decodeMultipart(bytes, boundaryOf(contentType), parameters).then(
        () => ({ parameters, body: '', size }),
        (error) => ({ parameters, body: '', size, failure: toPlatformError(error) }),
      );
    }
    return { parameters, body: '', size };
  } catch (error) {
    return { parameters, body: '', size, failure: toPlatformError(error) };
  }
}

function toPlatformError(error: unknown): TopError {
  if (error instanceof EncodingError) return platformError('invalid-encoding');
  if (error instanceof MultipartError) return platformError('bad-request', { sub_msg: error.message });
  return error as TopError;
}

/** So many times the limit is read and dropped, since a client that is still sending would miss the answer. */
const DISCARDED = 4;

/** Whether a request announces a body, be it empty. */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;

async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const { 'content-length': length, 'content-encoding': encoding } = request.headers;
  if (encoding !== undefined && encoding !== 'identity')
    throw platformError('bad-request', { sub_msg: `Content-Encoding ${cut(encoding)} is not taken` });
  if (Number(length) > limit * DISCARDED) throw tooLarge(limit);
  // Bytes that came along with the head are parsed before this goes on, and nearly always they are the whole body.
  await undefined;
  if (request.complete) return bounded(request.read() ?? Buffer.alloc(0), limit);
  return new Promise((done, failed) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else chunks.length = 0;
      if (size > limit * DISCARDED) failed(tooLarge(limit));
    });
    request.on('end', () => {
      if (size > limit) failed(tooLarge(limit));
      else done(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
      // The request outlives its body by the whole call.
      chunks.length = 0;
    });
    request.on('error', () => failed(platformError('bad-request', { sub_msg: 'the body was cut off' })));
  });
}

function bounded(bytes: Buffer, limit: number): Buffer {
  if (bytes.length > limit) throw tooLarge(limit);
  return bytes;
}

const tooLarge = (limit: number) =>
  platformError('request-too-large', { sub_msg: `the body may have at most ${limit} bytes` });
