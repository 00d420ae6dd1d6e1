import type { IncomingMessage, ServerResponse } from 'node:http';
import { platformError, type TopError } from '../contract/errors.ts';
import { addAskedFormat } from '../wire/asked-format.ts';
import { decodeForm, decodeFormBytes, decodeUtf8, EncodingError } from '../wire/form.ts';
import { boundaryOf, decodeMultipart, MultipartError } from '../wire/multipart.ts';
import { cut, toPlainText } from '../wire/text.ts';
import { type BodyLimits, hasBody, readBody } from './http/body.ts';
import { wrongVerb } from './http/broken-request.ts';
import type { RequestHead } from './http/plain-request.ts';

/** What a request says, whatever its dialect (client notes, requests). */
export type Received = {
  /** Query and body merged; the body wins where both name a parameter (TOP protocol 4.5). */
  readonly parameters: Map<string, string>;
  /** Text of a body that is not a form. */
  readonly body: string;
  /** Names under which files came; undefined when none did. Files are never signed (TOP protocol 4.1). */
  readonly files?: readonly string[];
  /** Names that came more than once, of which the last value counts; undefined when none did. */
  readonly repeated?: readonly string[];
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

/** Whether a body of a content type is read for parameters. */
export const isForm = (contentType: string): boolean => bodyKind(contentType) !== 'raw';

/**
 * Reads the query and the body of a request, a GET's body included. Never throws for what the caller sent: an unreadable
 * request comes back with its platform error.
 * @param expected `raw` when the body is never a form whatever its content type, as that of a batch
 */
export async function receive(
  request: IncomingMessage,
  response: ServerResponse,
  limits: BodyLimits,
  expected?: 'raw',
): Promise<Received> {
  if (!hasBody(request)) return understand(request, undefined, expected);
  try {
    return await understand(request, await readBody(request, response, limits), expected);
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
  const repeated: string[] = [];
  const query = url.indexOf('?');
  const size = url.length + (bytes?.length ?? 0);
  const contentType = String(headers['content-type'] ?? '');
  const allowed = method === 'GET' || method === 'POST';
  const done = (body: string): Received => {
    if (!allowed) throw wrongVerb(method);
    if (body !== '' && expected === undefined && !parameters.get('method')) throw unreadBody(contentType);
    return repeated.length === 0 ? { parameters, body, size } : { parameters, body, size, repeated };
  };
  const refuse = (error: unknown): Received => {
    const failure = allowed ? toPlatformError(error) : wrongVerb(method);
    return { ...giveUp(head, failure, bytes?.toString('latin1', 0, MOST_LOOKED_AT) ?? '', parameters), size };
  };
  try {
    if (query !== -1) decodeForm(url.slice(query + 1), parameters, repeated);
    if (bytes === undefined || bytes.length === 0) return done('');
    const kind = expected ?? bodyKind(contentType);
    if (kind === 'raw') return done(decodeUtf8(bytes));
    if (kind === 'multipart')
      return decodeMultipart(bytes, boundaryOf(contentType), parameters, repeated)
        .then((files) => (files.length === 0 ? done('') : { ...done(''), files: files.map(({ name }) => name) }))
        .catch(refuse);
    decodeForm(decodeFormBytes(bytes), parameters, repeated);
    return done('');
  } catch (error) {
    return refuse(error);
  }
}

/** So much of an unreadable body is searched for the format that its caller asks for. */
const MOST_LOOKED_AT = 64 * 1024;

/**
 * What is known of a request that cannot be read: the parameters as far as they were, and the format that it asks for
 * wherever that stands.
 * @param text the rest of it, each byte a character
 */
export function giveUp(
  { url = '' }: RequestHead,
  failure: TopError,
  text: string,
  parameters: Map<string, string> = readQuery(url),
): Received {
  addAskedFormat(addAskedFormat(parameters, url), text);
  return { parameters, body: '', size: url.length, failure };
}

/** The query of a target, as far as it can be read. */
function readQuery(url: string): Map<string, string> {
  const parameters = new Map<string, string>();
  const query = url.indexOf('?');
  try {
    if (query !== -1) decodeForm(url.slice(query + 1), parameters);
  } catch {
    // What stands before the place that is broken is read.
  }
  return parameters;
}

/** A body that could hold the method but is no form. */
function unreadBody(contentType: string): TopError {
  const named = toPlainText(cut(contentType));
  return platformError('missing-method', {
    sub_msg: {
      zh: `没有 method。网关不从 Content-Type 为 ${named} 的请求体中读取参数：请改用 application/x-www-form-urlencoded 或 multipart/form-data，或把参数放在地址里`,
      en: `there is no method. A body of Content-Type ${named} is not read for parameters: send application/x-www-form-urlencoded or multipart/form-data, or put them in the address`,
    },
  });
}

function toPlatformError(error: unknown): TopError {
  if (error instanceof EncodingError) return platformError('invalid-encoding', { sub_msg: error.words });
  if (error instanceof MultipartError) return platformError('bad-request', { sub_msg: error.words });
  return error as TopError;
}
