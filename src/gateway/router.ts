import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import proxyAddr from '@fastify/proxy-addr';
import { platformError, type TopError } from '../contract/errors.ts';
import { BATCH_SEPARATOR, decodeBatch } from '../wire/batch.ts';
import { EncodingError } from '../wire/form.ts';
import { contentType, type Format } from '../wire/render.ts';
import type { CallInput, Dispatcher } from './call.ts';
import { encodeAnswer } from './encode.ts';
import { type Received, receive } from './receive.ts';

/** Most calls in one batch; TOP's own limit is not published (TOP protocol 9). */
export const MAX_BATCH_CALLS = 100;

/** Answers below this many bytes go out plain even to callers that take gzip: packing them costs more than it saves. */
const GZIP_FROM_BYTES = 1024;

/** The same door as `/router/rest` with a method's name behind it: OpenAPI tells operations apart by path alone. */
const BY_METHOD = '/router/rest/';

const pack = promisify(gzip);

/** What `/router` is made of. */
export type RouterParts = {
  readonly dispatcher: Dispatcher;
  /** Most bytes of a request body. */
  readonly bodyLimit: number;
  /** Addresses or ranges of proxies whose X-Forwarded-For and -Host are believed. */
  readonly trustProxy: readonly string[];
};

/**
 * The door of `/router/rest` and `/router/batch` (TOP protocol 1, 9). It stands ahead of fastify: TOP's clients send
 * bodies with GET and content types that fastify refuses, and fastify's own way would cost every call a tenth of its time.
 * @returns takes a request if its path is one of the two, and says whether it did
 */
export function createRouter(parts: RouterParts): (request: IncomingMessage, response: ServerResponse) => boolean {
  const tools = { ...parts, whereFrom: createWhereFrom(parts.trustProxy) };
  return (request, response) => {
    const exchange = exchangeOf(request.url ?? '');
    if (exchange === undefined) return false;
    exchange(tools, request, response).catch((error: Error) => response.destroy(error));
    return true;
  };
}

function exchangeOf(url: string): Exchange | undefined {
  if (!url.startsWith('/router/')) return undefined;
  if (url.startsWith('/router/rest?') || url.startsWith(BY_METHOD)) return answerCall;
  const path = pathOf(url);
  return path === '/router/rest' ? answerCall : path === '/router/batch' ? answerBatch : undefined;
}

type Tools = RouterParts & { readonly whereFrom: WhereFrom };
type Exchange = (tools: Tools, request: IncomingMessage, response: ServerResponse) => Promise<void>;

function pathOf(url: string): string {
  const query = url.indexOf('?');
  const path = query === -1 ? url : url.slice(0, query);
  return path.endsWith('/') ? path.slice(0, -1) : path;
}

async function answerCall(tools: Tools, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const received = await receive(request, tools.bodyLimit);
  if (received.failure !== undefined) refuse(request, response);
  const failure = received.failure ?? refuseOtherMethod(request.url ?? '', received);
  const { text, format } = await tools.dispatcher.answer(toInput(tools, request, received), failure);
  const packing = send(request, response, format, text);
  if (packing !== undefined) await packing;
}

/** The refusal of a call whose path names another method than its parameters do; without either there is none. */
function refuseOtherMethod(url: string, { parameters }: Received): TopError | undefined {
  const method = parameters.get('method');
  if (!url.startsWith(BY_METHOD) || !method || pathOf(url) === BY_METHOD + method) return undefined;
  return platformError('invalid-method', { sub_msg: 'the path names another method than the parameter method' });
}

async function answerBatch(tools: Tools, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const separator = separatorOf(request);
  const received = await receive(request, tools.bodyLimit, 'raw');
  if (received.failure !== undefined) refuse(request, response);
  const calls = () => callsOf(received, separator);
  const answers = await tools.dispatcher.answerBatch(toInput(tools, request, received), calls, received.failure);
  await send(request, response, answers[0]?.format ?? 'xml', answers.map(({ text }) => text).join(separator));
}

/** The rest of a body that was not read to its end would be taken for the next request on the connection. */
function refuse(request: IncomingMessage, response: ServerResponse): void {
  if (!request.complete) response.setHeader('connection', 'close');
}

function toInput({ whereFrom }: Tools, request: IncomingMessage, { parameters, body, size }: Received): CallInput {
  const { address, host } = whereFrom(request);
  return { parameters, body, size, address, host };
}

/** Address of the caller, and the host name by which it reached the server, without port. */
type WhereFrom = (request: IncomingMessage) => Pick<CallInput, 'address' | 'host'>;

function createWhereFrom(proxies: readonly string[]): WhereFrom {
  const trusts = proxies.length === 0 ? () => false : proxyAddr.compile([...proxies]);
  return (request) => {
    const peer = request.socket.remoteAddress ?? '';
    if (proxies.length === 0 || !trusts(peer, 0)) return { address: peer, host: hostName(request.headers.host ?? '') };
    // Of several hosts the last was written by the proxy that is next to us.
    const forwarded = String(request.headers['x-forwarded-host'] ?? '')
      .split(',')
      .at(-1);
    return {
      address: proxyAddr(request, trusts),
      host: hostName(forwarded?.trim() || (request.headers.host ?? '')),
    };
  };
}

/** A Host header without its port. */
function hostName(host: string): string {
  if (host.startsWith('[')) return host.slice(0, host.indexOf(']') + 1);
  const colon = host.indexOf(':');
  return colon === -1 ? host : host.slice(0, colon);
}

function separatorOf(request: IncomingMessage): string {
  const named = request.headers['top-api-separator'];
  return typeof named === 'string' && named !== '' ? named : BATCH_SEPARATOR;
}

function callsOf(received: Received, separator: string): Map<string, string>[] {
  let calls: Map<string, string>[];
  try {
    calls = decodeBatch(received.body, separator);
  } catch (error) {
    throw error instanceof EncodingError ? platformError('invalid-encoding') : error;
  }
  if (calls.length === 0)
    throw platformError('missing-arguments', { argument: 'body', sub_msg: '批量调用的请求体中没有调用' });
  if (calls.length > MAX_BATCH_CALLS)
    throw platformError('request-too-large', { sub_msg: `一次批量最多 ${MAX_BATCH_CALLS} 个调用` });
  return calls;
}

/** Sends an answer; to be waited for only when it is packed first. */
function send(
  request: IncomingMessage,
  response: ServerResponse,
  format: Format,
  text: string,
): Promise<void> | undefined {
  const encoding = request.headers['accept-encoding'];
  if (encoding !== undefined && text.length >= GZIP_FROM_BYTES && acceptsGzip(encoding))
    return sendPacked(response, format, text);
  const body = encodeAnswer(text);
  response.writeHead(200, ['Content-Type', contentType(format), 'Content-Length', String(Buffer.byteLength(body))]);
  response.end(body);
  return undefined;
}

async function sendPacked(response: ServerResponse, format: Format, text: string): Promise<void> {
  const body = await pack(text);
  response.writeHead(200, {
    'Content-Type': contentType(format),
    'Content-Length': body.length,
    'Content-Encoding': 'gzip',
    Vary: 'accept-encoding',
  });
  response.end(body);
}

/** Whether a caller asks for gzip; four clients cannot read it unasked (client notes, responses 3). */
export function acceptsGzip(accept: string | string[] | undefined): boolean {
  const weights = new Map<string, number>();
  for (const each of String(accept ?? '')
    .toLowerCase()
    .split(',')) {
    const [coding = '', weight] = each.split(/\s*;\s*q=/);
    weights.set(coding.trim(), weight === undefined ? 1 : Number(weight));
  }
  return (weights.get('gzip') ?? weights.get('*') ?? 0) > 0;
}
