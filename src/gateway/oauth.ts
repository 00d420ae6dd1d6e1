import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Words } from '../contract/schema.ts';
import type { Vault } from '../database/vault.ts';
import { encodeForm } from '../wire/form.ts';
import { languageOf } from '../wire/preferences.ts';
import { isPlainText } from '../wire/text.ts';
import type { App, AppStore } from './apps.ts';
import type { BodyRoom } from './body.ts';
import { CONSENT_STYLE, codePage, consentPage, deniedPage, refusedPage } from './consent-page.ts';
import { receive } from './receive.ts';
import { APP_KEY } from './recorded.ts';
import type { TokenStore } from './tokens.ts';

/** What the authorisation pages work with. */
export type OAuth = {
  readonly apps: AppStore;
  readonly tokens: TokenStore;
  readonly vault: Vault;
  readonly clock: () => Date;
  readonly bodyRoom: BodyRoom;
  /** The user whose consent the page asks; without one nobody can sign in here and the page says so. */
  readonly user: { readonly user_id: number; readonly nick: string } | undefined;
};

/** Address that asks for a page showing the code instead of a redirect. */
const OUT_OF_BAND = 'urn:ietf:wg:oauth:2.0:oob';
const BODY_LIMIT = 16 * 1024;
const TICKET_MS = 10 * 60 * 1000;
const STYLE_HASH = createHash('sha256').update(CONSENT_STYLE).digest('base64');

const REASONS = {
  client: { zh: 'client_id 不存在或应用已停用。', en: 'client_id is unknown, or the app is suspended.' },
  callback: {
    zh: 'redirect_uri 与应用登记的回调地址不符。',
    en: 'redirect_uri does not match a callback address registered for the app.',
  },
  type: { zh: 'response_type 只能是 code 或 token。', en: 'response_type must be code or token.' },
  oobToken: {
    zh: 'response_type=token 需要能接收结果的回调地址。',
    en: 'response_type=token needs a callback address that can take the answer.',
  },
  login: {
    zh: '本服务器没有开通用户登录。请管理员为应用签发会话密钥。',
    en: 'This server offers no sign-in. Ask its operator to issue a session key.',
  },
  ticket: { zh: '页面已过期，请返回应用重新发起授权。', en: 'The page has expired. Start again from the app.' },
} as const satisfies Record<string, Words>;

/** An authorisation that is asked for: who asks and where the answer goes. */
type Wish = { app_key: string; redirect_uri: string; response_type: 'code' | 'token'; state: string };

/** Serves `/authorize` and `/token` (TOP protocol 8.1, 8.2). */
export function serveOAuth(server: FastifyInstance, oauth: OAuth): void {
  const raw = (method: 'GET' | 'POST', url: string, exchange: Exchange) =>
    server.route({
      method,
      url,
      onRequest: (request, reply) => exchange(oauth, request, reply),
      handler: async () => undefined,
    });
  raw('GET', '/authorize', askConsent);
  raw('POST', '/authorize', takeConsent);
  raw('POST', '/token', giveToken);
}

type Exchange = (oauth: OAuth, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

async function askConsent(oauth: OAuth, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const language = languageOf(request.headers);
  const { parameters } = await receive(request.raw, reply.raw, { most: BODY_LIMIT, room: oauth.bodyRoom });
  const app = await liveApp(oauth, parameters.get('client_id'));
  const refuse = (reason: Words) => sendPage(reply.code(400), refusedPage(language, reason));
  if (app === undefined) return refuse(REASONS.client);
  const redirect_uri = callbackOf(app, parameters.get('redirect_uri'));
  if (redirect_uri === undefined) return refuse(REASONS.callback);
  const response_type = parameters.get('response_type');
  if (response_type !== 'code' && response_type !== 'token') return refuse(REASONS.type);
  if (response_type === 'token' && redirect_uri === OUT_OF_BAND) return refuse(REASONS.oobToken);
  if (oauth.user === undefined) return refuse(REASONS.login);
  const wish: Wish = { app_key: app.app_key, redirect_uri, response_type, state: parameters.get('state') ?? '' };
  const ticket = sealTicket(oauth, wish);
  const shown = redirect_uri === OUT_OF_BAND ? undefined : redirect_uri;
  const about = { app_name: app.name, app_key: app.app_key, nick: oauth.user.nick, redirect_uri: shown, ticket };
  return sendPage(reply, consentPage(language, about), redirect_uri);
}

async function takeConsent(oauth: OAuth, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const language = languageOf(request.headers);
  const { parameters } = await receive(request.raw, reply.raw, { most: BODY_LIMIT, room: oauth.bodyRoom });
  const wish = openTicket(oauth, parameters.get('ticket') ?? '');
  if (wish === undefined || oauth.user === undefined)
    return sendPage(reply.code(400), refusedPage(language, REASONS.ticket));
  const { app_key, redirect_uri, state } = wish;
  const { user_id } = oauth.user;
  const now = oauth.clock();
  const withState = { ...(state !== '' && { state }) };
  if (parameters.get('decision') !== 'allow') {
    if (redirect_uri === OUT_OF_BAND) return sendPage(reply, deniedPage(language));
    return goBack(reply, wish, { error: 'access_denied', error_description: 'authorize reject', ...withState });
  }
  if (wish.response_type === 'token') {
    const answer = await oauth.tokens.issue({ app_key, user_id }, now);
    return goBack(reply, wish, { ...answer, ...withState });
  }
  const code = await oauth.tokens.issueCode({ app_key, user_id, redirect_uri }, now);
  if (redirect_uri === OUT_OF_BAND) return sendPage(reply, codePage(language, code));
  return goBack(reply, wish, { code, ...withState });
}

async function giveToken(oauth: OAuth, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { parameters } = await receive(request.raw, reply.raw, { most: BODY_LIMIT, room: oauth.bodyRoom });
  const refuse = (status: number, error: string, error_description: string) =>
    reply.code(status).header('cache-control', 'no-store').send({ error, error_description });
  const app = await liveApp(oauth, parameters.get('client_id'));
  const now = oauth.clock();
  if (app === undefined || !knowsSecret(app, parameters.get('client_secret') ?? '', now))
    return refuse(401, 'invalid_client', 'client_id or client_secret is wrong');
  const { app_key } = app;
  const grant_type = parameters.get('grant_type');
  if (grant_type !== 'authorization_code' && grant_type !== 'refresh_token')
    return refuse(400, 'unsupported_grant_type', 'grant_type must be authorization_code or refresh_token');
  const redirect_uri = parameters.get('redirect_uri') ?? '';
  const answer =
    grant_type === 'refresh_token'
      ? await oauth.tokens.refresh({ app_key, refresh_token: parameters.get('refresh_token') ?? '' }, now)
      : await oauth.tokens.redeemCode(
          // The database takes no NUL, and no code was issued to an address with one.
          { app_key, code: parameters.get('code') ?? '', redirect_uri: isPlainText(redirect_uri) ? redirect_uri : '' },
          now,
        );
  if (answer === undefined)
    return refuse(400, 'invalid_grant', 'the code or refresh token is unknown, used, expired, or of another app');
  return reply.header('cache-control', 'no-store').send(answer);
}

async function liveApp(oauth: OAuth, app_key = ''): Promise<App | undefined> {
  if (!APP_KEY.test(app_key)) return undefined;
  for (;;) {
    const app = await oauth.apps.find(app_key);
    // These calls pass no quota statement that would notice a changed app, so each asks.
    if (app !== undefined && (await oauth.apps.isStale(app))) continue;
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

/** The callback to use: the one asked for when it is registered, the first registered one when none is asked for. */
function callbackOf(app: App, asked: string | undefined): string | undefined {
  if (!asked) return app.callback_urls[0];
  if (!isPlainText(asked)) return undefined;
  return app.callback_urls.some((registered) => coversCallback(registered, asked)) ? asked : undefined;
}

/**
 * Whether a registered address covers another: same origin (on loopback any port, RFC 8252 7.3), same path or below. An
 * address with a fragment is none (RFC 6749 3.1.2).
 */
function coversCallback(registered: string, asked: string): boolean {
  if (registered === asked) return true;
  const [own, wish] = [URL.parse(registered), URL.parse(asked)];
  if (own === null || wish === null || !/^https?:$/.test(own.protocol)) return false;
  const loopback = ['127.0.0.1', 'localhost', '[::1]'].includes(own.hostname);
  const samePort = loopback || own.port === wish.port;
  const base = own.pathname.endsWith('/') ? own.pathname : `${own.pathname}/`;
  const below = wish.pathname === own.pathname || wish.pathname.startsWith(base);
  const plain = wish.username === '' && wish.password === '' && !asked.includes('#');
  return own.protocol === wish.protocol && own.hostname === wish.hostname && samePort && below && plain;
}

/** Sends the browser back; in the token flow the answer stands in the fragment (TOP protocol 8.1). */
function goBack(reply: FastifyReply, wish: Wish, answer: Record<string, string | number>): FastifyReply {
  const query = encodeForm(Object.entries(answer).map(([name, value]) => [name, String(value)] as const));
  const mark = wish.response_type === 'token' ? '#' : wish.redirect_uri.includes('?') ? '&' : '?';
  // A header takes ASCII alone, so the address goes the way a browser would spell it.
  const target = URL.parse(wish.redirect_uri)?.href ?? wish.redirect_uri;
  return reply.header('cache-control', 'no-store').redirect(target + mark + query, 302);
}

const TICKET_PURPOSE = 'consent-ticket';

function sealTicket(oauth: OAuth, wish: Wish): string {
  const until = oauth.clock().getTime() + TICKET_MS;
  return oauth.vault.seal(TICKET_PURPOSE, JSON.stringify({ wish, until })).toString('base64url');
}

function openTicket(oauth: OAuth, ticket: string): Wish | undefined {
  try {
    const text = oauth.vault.open(TICKET_PURPOSE, Buffer.from(ticket, 'base64url'));
    const { wish, until } = JSON.parse(text) as { wish: Wish; until: number };
    return until > oauth.clock().getTime() ? wish : undefined;
  } catch {
    return undefined;
  }
}

function sendPage(reply: FastifyReply, html: string, formTarget?: string): FastifyReply {
  const target = formTarget === undefined ? null : URL.parse(formTarget);
  // Browsers hold the redirect after a form to form-action too.
  const formAction = target !== null && /^https?:$/.test(target.protocol) ? `'self' ${target.origin}` : "'self'";
  return reply
    .header('content-type', 'text/html;charset=utf-8')
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer')
    .header('x-content-type-options', 'nosniff')
    .header(
      'content-security-policy',
      `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action ${formAction}; frame-ancestors 'none'; base-uri 'none'`,
    )
    .send(html);
}
