import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import proxyAddr from '@fastify/proxy-addr';
import { platformError, type TopError } from '../contract/errors.ts';
import type { Label } from '../contract/schema.ts';
import { BATCH_SEPARATOR, type BatchCall, decodeBatch } from '../wire/batch.ts';
import { EncodingError } from '../wire/form.ts';
import { safeHost } from '../wire/host.ts';
import { acceptsGzip } from '../wire/preferences.ts';
import { contentType, type Format } from '../wire/render.ts';
import { isStructural, withoutSeparator } from '../wire/separator.ts';
import { cut } from '../wire/text.ts';
import type { Answer } from './call.ts';
import type { CallInput } from './call-input.ts';
import { formatOf } from './checks.ts';
import type { Dispatcher } from './dispatcher.ts';
import { type BodyRoom, drain } from './http/body.ts';
import { encodeAnswer } from './http/encode.ts';
import type { RequestHead } from './http/plain-request.ts';
import { giveUp, type Received, receive, understand } from './receive.ts';

/** Answers below this many bytes go out plain even to callers that take gzip: packing them costs more than it saves. */
const GZIP_FROM_BYTES = 1024;

/** The same route as `/router/rest` with a method's name behind it: OpenAPI tells operations apart by path alone. */
const BY_METHOD = '/router/rest/';

const pack = promisify(gzip);

/** Headers of a packed body, names and values in turn. */
export const PACKED_HEADERS = ['Content-Encoding', 'gzip', 'Vary', 'accept-encoding'] as const;

/** What `/router` is made of. */
export type RouterParts = {
  readonly dispatcher: Dispatcher;
  /** Most bytes of a request body. */
  readonly bodyLimit: number;
  readonly bodyRoom: BodyRoom;
  /** Addresses or ranges of proxies whose X-Forwarded-For and -Host are believed. */
  readonly trustProxy: readonly string[];
};

/** What goes back: always with HTTP status 200 (TOP protocol 5.1). */
export type Reply = {
  /** Content-Type. */
  readonly type: string;
  readonly body: string | Buffer;
  /** Whether the body is packed. */
  readonly packed: boolean;
};

/** The route of `/router/rest` and `/router/batch` (TOP protocol 1, 9). */
export type Router = {
  /** Whether what goes to a target is answered here: all below `/router`. */
  takes(url: string): boolean;
  /**
   * Takes a request of node's HTTP server if it goes here, and says whether it did.
   * @param failure what is wrong with its head
   */
  serve(request: IncomingMessage, response: ServerResponse, failure?: TopError): boolean;
  /** Answers a request that is there as a whole; undefined when it goes elsewhere, or its body is longer than is taken. */
  answer(head: RequestHead, body: Buffer | undefined): Promise<Reply> | undefined;
  /** Refuses a request that could not be read, in the format that its text asks for. */
  refuse(head: RequestHead, failure: TopError, text: string): Promise<Reply>;
};

/**
 * Makes the route. It stands ahead of fastify: TOP's clients send bodies with GET and content types that fastify refuses,
 * and fastify's own way would cost every call a tenth of its time.
 */
export function createRouter(parts: RouterParts): Router {
  const tools = { ...parts, whereFrom: createWhereFrom(parts.trustProxy) };
  const limits = { most: parts.bodyLimit, room: parts.bodyRoom };
  return {
    takes: (url) => exchangeOf(url) !== undefined,
    serve(request, response, failure) {
      const exchange = exchangeOf(request.url ?? '');
      if (exchange === undefined) return false;
      receive(request, response, limits, exchange.expected)
        .then((read) => {
          const received = failure === undefined ? read : { ...read, failure };
          // The rest of a body that was not read to its end would be taken for the next request on the connection.
          if (received.failure !== undefined && !request.complete) response.setHeader('connection', 'close');
          return exchange.answer(tools, request, received);
        })
        .then((reply) => send(request, response, reply))
        .catch((error: Error) => response.destroy(error));
      return true;
    },
    answer(head, body) {
      const exchange = exchangeOf(head.url ?? '');
      if (exchange === undefined || (body !== undefined && body.length > parts.bodyLimit)) return undefined;
      const received = understand(head, body, exchange.expected);
      return received instanceof Promise
        ? received.then((read) => exchange.answer(tools, head, read))
        : exchange.answer(tools, head, received);
    },
    refuse: (head, failure, text) => answerCall(tools, head, giveUp(head, failure, text)),
  };
}

type Tools = RouterParts & { readonly whereFrom: WhereFrom };

/** What is done behind a path: how its body is read, and how it is answered. */
type Exchange = {
  readonly expected?: 'raw';
  readonly answer: (tools: Tools, head: RequestHead, received: Received) => Promise<Reply>;
};

const CALL: Exchange = { answer: answerCall };
const BATCH: Exchange = { expected: 'raw', answer: answerBatch };

/** What goes below `/router` and nowhere: refused as TOP refuses, since who sends it reads nothing else. */
const NOWHERE: Exchange = {
  answer: (tools, head, received) =>
    answerCall(tools, head, {
      ...received,
      failure: received.failure ?? platformError('invalid-method', { sub_msg: NO_PATH }),
    }),
};

const NO_PATH: Label = {
  zh: '没有这个地址；单个调用发到 /router/rest，批量调用发到 /router/batch',
  en: 'there is no such path; calls go to /router/rest, batches to /router/batch',
};

function exchangeOf(url: string): Exchange | undefined {
  if (url.startsWith('/router/rest?') || url.startsWith(BY_METHOD)) return CALL;
  const path = pathOf(url);
  if (path !== '/router' && !path.startsWith('/router/')) return undefined;
  return path === '/router/rest' || path.startsWith(BY_METHOD) ? CALL : path === '/router/batch' ? BATCH : NOWHERE;
}

/** What stands before the path where a target has all of the address (RFC 9112 3.2.2). */
const ORIGIN = /^https?:\/\/[^/?#]*/i;

function pathOf(url: string): string {
  const [address = ''] = url.replace(ORIGIN, '').split('?', 1);
  return address.endsWith('/') ? address.slice(0, -1) : address;
}

function answerCall(tools: Tools, head: RequestHead, received: Received): Promise<Reply> {
  const failure = received.failure ?? refuseOtherMethod(head.url ?? '', received);
  return replyWith(tools.dispatcher.answer(toInput(tools, head, received), failure), acceptedBy(head));
}

/** The reply with an answer that is to come. What waits for it holds no more of the request than is needed here. */
const replyWith = (answer: Promise<Answer>, accepted: Accepted): Promise<Reply> =>
  answer.then(({ text, format }) => replyOf(accepted, format, text));

/** The refusal of a call whose path names another method than its parameters do; without either there is none. */
function refuseOtherMethod(url: string, { parameters }: Received): TopError | undefined {
  const method = parameters.get('method');
  if (!method || (url.startsWith('/') && !url.startsWith(BY_METHOD))) return undefined;
  const path = pathOf(url);
  if (!path.startsWith(BY_METHOD) || path === BY_METHOD + method) return undefined;
  return platformError('invalid-method', {
    sub_msg: {
      zh: '地址中的接口名与参数 method 不同',
      en: 'the path names another method than the parameter method',
    },
  });
}

async function answerBatch(tools: Tools, head: RequestHead, received: Received): Promise<Reply> {
  const separator = separatorOf(head);
  const format = formatOf(received.parameters);
  const structural = isStructural(separator, format);
  const failure = received.failure ?? (structural ? refuseSeparator(separator, format) : undefined);
  const calls = () => callsOf(received, separator, tools.bodyLimit);
  const answers = await tools.dispatcher.answerBatch(toInput(tools, head, received), calls, failure);
  const texts = answers.map(({ text }) => (structural ? text : withoutSeparator(text, separator, format)));
  return replyOf(acceptedBy(head), format, texts.join(separator));
}

function toInput(
  { whereFrom }: Tools,
  head: RequestHead,
  { parameters, body, size, files, repeated }: Received,
): CallInput {
  const { address, host } = whereFrom(head);
  return { parameters, body, files, repeated, size, address, host };
}

/** Address of the caller, and the host name by which it reached the server, without port. */
type WhereFrom = (head: RequestHead) => Pick<CallInput, 'address' | 'host'>;

function createWhereFrom(proxies: readonly string[]): WhereFrom {
  const trusts = proxies.length === 0 ? () => false : proxyAddr.compile([...proxies]);
  return (head) => {
    const peer = head.socket.remoteAddress ?? '';
    const host = safeHost(String(head.headers.host ?? ''));
    if (proxies.length === 0 || !trusts(peer, 0)) return { address: peer, host: hostName(host) };
    // Of several hosts the last was written by the proxy that is next to us.
    const forwarded = String(head.headers['x-forwarded-host'] ?? '')
      .split(',')
      .at(-1);
    // Of a request it reads the socket's address and the header X-Forwarded-For, as a head has them.
    return {
      address: proxyAddr(head as IncomingMessage, trusts),
      host: hostName(safeHost(forwarded?.trim() ?? '') || host),
    };
  };
}

/** A Host header without its port. */
function hostName(host: string): string {
  if (host.startsWith('[')) return host.slice(0, host.indexOf(']') + 1);
  const colon = host.indexOf(':');
  return colon === -1 ? host : host.slice(0, colon);
}

/** The separator of a batch: what the header says, in UTF-8 as the body is, or the usual one. */
function separatorOf({ headers }: RequestHead): string {
  const named = headers['top-api-separator'];
  if (typeof named !== 'string' || named === '') return BATCH_SEPARATOR;
  const bytes = Buffer.from(named, 'latin1');
  return isUtf8(bytes) ? bytes.toString() : named;
}

/** The refusal of a separator that no answer can be kept free of. */
const refuseSeparator = (separator: string, format: Format): TopError => {
  const language = format === 'xml' ? 'XML' : 'JSON';
  return platformError('invalid-arguments', {
    argument: 'top-api-separator',
    sub_msg: {
      zh: `分隔符 ${cut(separator)} 是 ${language} 本身的文字，会出现在每个应答里：请换一个，例如 -S-`,
      en: `the separator ${cut(separator)} is text of ${language} itself and would stand in every answer: take another, such as -S-`,
    },
  });
};

function callsOf(received: Received, separator: string, mostCharacters: number): BatchCall[] {
  let calls: BatchCall[];
  try {
    calls = decodeBatch(received.body, separator, mostCharacters);
  } catch (error) {
    throw error instanceof EncodingError ? platformError('invalid-encoding', { sub_msg: error.words }) : error;
  }
  if (calls.length === 0)
    throw platformError('missing-arguments', {
      argument: 'body',
      sub_msg: { zh: '批量调用的请求体中没有调用', en: 'the body of the batch holds no call' },
    });
  return calls;
}

/** Value of the Accept-Encoding header. */
type Accepted = string | string[] | undefined;
const acceptedBy = ({ headers }: RequestHead): Accepted => headers['accept-encoding'];

/** The reply with an answer; to be waited for only when it is packed first. */
function replyOf(accepted: Accepted, format: Format, text: string): Reply | Promise<Reply> {
  const type = contentType(format);
  if (accepted !== undefined && text.length >= GZIP_FROM_BYTES && acceptsGzip(accepted))
    return pack(text).then((body) => ({ type, body, packed: true }));
  return { type, body: encodeAnswer(text), packed: false };
}

function send(request: IncomingMessage, response: ServerResponse, { type, body, packed }: Reply): void {
  const headers = ['Content-Type', type, 'Content-Length', String(Buffer.byteLength(body))];
  if (packed) headers.push(...PACKED_HEADERS);
  response.writeHead(200, headers);
  if (request.complete) response.end(body);
  else {
    response.write(body);
    drain(request).then(() => response.end());
  }
}
