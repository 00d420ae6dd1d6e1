import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App, AppStore } from '../gateway/apps.ts';
import { type BodyRoom, hasBody } from '../gateway/http/body.ts';
import { APP_KEY } from '../gateway/interned.ts';
import { isForm, type Received, receive } from '../gateway/receive.ts';
import type { Parameters } from '../wire/base-text.ts';
import type { GrantFault, TokenStore } from './tokens.ts';

/** What tokens are given from. */
export type TokenParts = {
  readonly apps: AppStore;
  readonly tokens: TokenStore;
  /** Memory for bodies that come in parts. */
  readonly bodyRoom: BodyRoom;
  readonly clock: () => Date;
};

/** Most bytes of a body. */
export const BODY_LIMIT = 16 * 1024;

/**
 * Answers `/token` (TOP protocol 8.2, RFC 6749 4.1.3, 6): a session for a code or a refresh token. A refusal names its
 * cause in ASCII (RFC 6749 5.2), and repeats nothing of what was sent.
 */
export async function giveToken(
  parts: TokenParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const refuse = (status: number, error: string, error_description: string) =>
    reply.code(status).header('cache-control', 'no-store').send({ error, error_description });
  if (request.method !== 'POST') {
    reply.header('allow', 'POST');
    return refuse(405, 'invalid_request', 'send a POST with the parameters in a form body');
  }
  const received = await receive(request.raw, reply.raw, { most: BODY_LIMIT, room: parts.bodyRoom });
  const unread = whyUnread(request, received);
  if (unread !== undefined) return refuse(400, 'invalid_request', unread);
  const { parameters } = received;
  const now = parts.clock();
  const missing = ['client_id', 'client_secret'].find((name) => !parameters.get(name));
  if (missing !== undefined) return refuse(401, 'invalid_client', `${missing} is missing`);
  const app = await liveApp(parts.apps, parameters.get('client_id'));
  if (app === undefined || !knowsSecret(app, parameters.get('client_secret') ?? '', now))
    return refuse(401, 'invalid_client', 'client_id or client_secret is wrong');
  const grant_type = parameters.get('grant_type');
  if (grant_type !== 'authorization_code' && grant_type !== 'refresh_token')
    return refuse(400, 'unsupported_grant_type', 'grant_type must be authorization_code or refresh_token');
  const name = grant_type === 'refresh_token' ? 'refresh_token' : 'code';
  if (!parameters.get(name)) return refuse(400, 'invalid_request', `${name} is missing`);
  const given = await redeem(parts.tokens, app.app_key, parameters, now);
  if ('fault' in given) return refuse(400, 'invalid_grant', FAULTS[name](given.fault, parameters));
  return reply.header('cache-control', 'no-store').send(given.answer);
}

function redeem(tokens: TokenStore, app_key: string, parameters: Parameters, now: Date) {
  if (parameters.get('grant_type') === 'refresh_token')
    return tokens.refresh({ app_key, refresh_token: parameters.get('refresh_token') ?? '' }, now);
  return tokens.redeemCode(
    { app_key, code: parameters.get('code') ?? '', redirect_uri: parameters.get('redirect_uri') ?? '' },
    now,
  );
}

const FAULTS = {
  code(fault: GrantFault, parameters: Parameters): string {
    switch (fault) {
      case 'used':
        return 'the code was used already; it works once';
      case 'expired':
        return 'the code has expired; it is good for ten minutes';
      case 'redirect_uri':
        return parameters.get('redirect_uri')
          ? 'redirect_uri is not the one that /authorize was asked with'
          : 'redirect_uri is missing: send the one that /authorize was asked with';
      default:
        return 'the code is unknown, or was issued to another app';
    }
  },
  refresh_token(fault: GrantFault): string {
    if (fault === 'expired') return 'the refresh token has expired';
    if (fault === 'revoked') return 'the session of the refresh token was revoked or has ended';
    return 'the refresh token is unknown, or was issued to another app';
  },
} as const;

/** Why a request cannot be read at all, or its parameters stand where nobody looks for them. */
function whyUnread({ headers, raw }: FastifyRequest, { parameters, failure }: Received): string | undefined {
  const type = /^[\w.+/-]{1,100}/.exec(headers['content-type'] ?? '')?.[0] ?? '';
  const packed = headers['content-encoding'] ?? 'identity';
  if (packed !== 'identity') return 'a body with Content-Encoding is not read: send it as it is, as a form';
  if (hasBody(raw) && headers['content-length'] !== '0' && !isForm(headers['content-type'] ?? ''))
    return `a body of Content-Type ${type} is not read: send application/x-www-form-urlencoded`;
  if (failure !== undefined) return UNREAD[failure.body.code] ?? 'the body cannot be read';
  if (parameters.has('client_secret')) return undefined;
  if (/^basic /i.test(headers.authorization ?? ''))
    return 'Authorization: Basic is not read: send client_id and client_secret in the form body';
  const [first = ''] = parameters.keys();
  if (/^\s*[{[<]/.test(first)) return 'the body looks like JSON or XML: send application/x-www-form-urlencoded';
  return parameters.size === 0 ? 'no parameter came: send them in a form body' : undefined;
}

const UNREAD: Readonly<Record<number, string>> = {
  42: `the body may have at most ${BODY_LIMIT} bytes`,
  43: 'the body is no form, or was cut off',
  47: 'a parameter is not UTF-8, or holds a percent sign that escapes nothing',
};

/** The app of a client_id when it is live, by its record as it is now. */
export async function liveApp(apps: AppStore, app_key = ''): Promise<App | undefined> {
  if (!APP_KEY.test(app_key)) return undefined;
  for (;;) {
    const app = await apps.find(app_key);
    // These calls pass no quota statement that would notice a changed app, so each asks.
    if (app !== undefined && (await apps.isStale(app))) continue;
    return app?.status === 'live' ? app : undefined;
  }
}

function knowsSecret(app: App, secret: string, now: Date): boolean {
  const received = createHash('sha256').update(secret).digest();
  return app.secrets.some(
    ({ text, expires_at }) =>
      (expires_at === null || expires_at > now) &&
      timingSafeEqual(received, createHash('sha256').update(text).digest()),
  );
}
