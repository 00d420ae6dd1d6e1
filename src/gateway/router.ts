import { METHODS } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { platformError } from '../contract/errors.ts';
import { BATCH_SEPARATOR, decodeBatch } from '../wire/batch.ts';
import { EncodingError } from '../wire/form.ts';
import { contentType, type Format } from '../wire/render.ts';
import type { CallInput, Dispatcher } from './call.ts';
import { type Received, receive } from './receive.ts';

/** Most calls in one batch; TOP's own limit is not published (TOP protocol 9). */
export const MAX_BATCH_CALLS = 100;

/** Answers below this many bytes go out plain even to callers that take gzip: packing them costs more than it saves. */
const GZIP_FROM_BYTES = 1024;

const pack = promisify(gzip);

/**
 * Serves `/router/rest` and `/router/batch` (TOP protocol 1, 9). The whole exchange happens in `onRequest`, ahead of
 * fastify's own body parsing, because TOP's clients send bodies with GET and content types that fastify refuses.
 */
export function serveRouter(server: FastifyInstance, dispatcher: Dispatcher, bodyLimit: number): void {
  // Every method gets a route, so that those TOP does not take are answered with its own error 9.
  for (const method of METHODS) if (!server.supportedMethods.includes(method)) server.addHttpMethod(method);
  const method = server.supportedMethods;
  const route = (url: string, exchange: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>) =>
    server.route({ method, url, exposeHeadRoute: false, onRequest: exchange, handler: async () => undefined });

  route('/router/rest', async (request, reply) => {
    const received = await receive(request.raw, bodyLimit);
    if (received.failure !== undefined) refuse(request, reply);
    const { text, format } = await dispatcher.answer(toInput(request, received), received.failure);
    return send(request, reply, format, text);
  });

  route('/router/batch', async (request, reply) => {
    const separator = separatorOf(request);
    const received = await receive(request.raw, bodyLimit, 'raw');
    if (received.failure !== undefined) refuse(request, reply);
    const calls = () => callsOf(received, separator);
    const answers = await dispatcher.answerBatch(toInput(request, received), calls, received.failure);
    return send(request, reply, answers[0]?.format ?? 'xml', answers.map(({ text }) => text).join(separator));
  });
}

/** The rest of a body that was not read to its end would be taken for the next request on the connection. */
function refuse(request: FastifyRequest, reply: FastifyReply): void {
  if (!request.raw.complete) reply.header('connection', 'close');
}

const toInput = (request: FastifyRequest, { parameters, body }: Received): CallInput => ({
  parameters,
  body,
  address: request.ip,
  host: request.hostname,
});

function separatorOf(request: FastifyRequest): string {
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

async function send(request: FastifyRequest, reply: FastifyReply, format: Format, text: string): Promise<FastifyReply> {
  reply.header('content-type', contentType(format));
  if (text.length < GZIP_FROM_BYTES || !acceptsGzip(request.headers['accept-encoding'])) return reply.send(text);
  reply.header('content-encoding', 'gzip').header('vary', 'accept-encoding');
  return reply.send(await pack(text));
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
