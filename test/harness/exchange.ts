import { Agent, request as httpRequest } from 'node:http';
import type { SignMethod } from '../../src/wire/base-text.ts';
import { encodeForm } from '../../src/wire/form.ts';
import { sign } from '../../src/wire/sign.ts';
import { formatInstant } from '../../src/wire/time.ts';
import { demo } from './server.ts';

/** One HTTP request, as literally as node:http lets it be said. */
export type Exchange = {
  method?: string;
  /** Path with query; the gateway's own path unless given. */
  path?: string;
  headers?: Record<string, string | string[]>;
  body?: Buffer | string | undefined;
  /** Sends the body in chunks and without a length. */
  chunked?: boolean;
  /** Keeps the connections that may be used; one of its own unless given. */
  agent?: Agent;
};

/** What came back. */
export type Reply = { status: number; headers: NodeJS.Dict<string | string[]>; bytes: Buffer; text: string };

/** Sends one request and reads the answer whole. */
export function exchange(url: string, { method = 'POST', path = '/router/rest', ...rest }: Exchange): Promise<Reply> {
  const body = Buffer.from(rest.body ?? '');
  const framing: Record<string, string> = rest.chunked
    ? { 'transfer-encoding': 'chunked' }
    : rest.body === undefined
      ? {}
      : { 'content-length': String(body.length) };
  return new Promise((done, failed) => {
    const { agent = false, headers } = rest;
    const sent = httpRequest(url + path, { method, agent, headers: { ...headers, ...framing } });
    sent.on('error', failed).on('response', (answer) => {
      const chunks: Buffer[] = [];
      answer.on('error', failed).on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        const bytes = Buffer.concat(chunks);
        done({ status: answer.statusCode ?? 0, headers: answer.headers, bytes, text: bytes.toString() });
      });
    });
    if (rest.chunked) for (let at = 0; at < body.length; at += 7) sent.write(body.subarray(at, at + 7));
    sent.end(rest.chunked || body.length === 0 ? undefined : body);
  });
}

/** How a signed call departs from the usual one of the demo app. */
export type Departure = {
  /** Parameters to set, or with undefined to leave out, before the signature is made. */
  set?: Readonly<Record<string, string | undefined>>;
  secret?: string;
  sign_method?: SignMethod;
  /** Raw text of a body that is signed too. */
  body?: string;
};

/** Parameters of a call of the demo app with its session, signed by hmac-sha256 and asking for JSON unless told otherwise. */
export function signedCall(
  method: string,
  business: Iterable<readonly [string, string]> = [],
  { set = {}, secret = demo.secret, sign_method = 'hmac-sha256', body = '' }: Departure = {},
): Map<string, string> {
  const parameters = new Map<string, string>([
    ['method', method],
    ['app_key', demo.app_key],
    ['session', demo.session],
    ['timestamp', formatInstant(new Date())],
    ['v', '2.0'],
    ['format', 'json'],
    ['sign_method', sign_method],
    ...business,
  ]);
  for (const [name, value] of Object.entries(set)) {
    if (value === undefined) parameters.delete(name);
    else parameters.set(name, value);
  }
  return parameters.set('sign', sign(sign_method, secret, parameters, body));
}

export const FORM = 'application/x-www-form-urlencoded;charset=utf-8';

const kept = new Agent({ keepAlive: true, maxSockets: 16 });

/** Posts parameters as a form, on one of a few connections that are kept open. */
export const postForm = (url: string, parameters: ReadonlyMap<string, string>): Promise<Reply> =>
  exchange(url, { headers: { 'content-type': FORM }, body: encodeForm(parameters), agent: kept });

/** The error in a JSON answer; undefined when it is none. */
export const errorOf = (
  text: string,
): { code: number; msg: string; sub_code?: string; sub_msg?: string; request_id: string } | undefined =>
  JSON.parse(text).error_response;
