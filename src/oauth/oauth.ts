import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Label } from '../contract/schema.ts';
import type { App, AppStore } from '../gateway/apps.ts';
import type { BodyRoom } from '../gateway/http/body.ts';
import { receive } from '../gateway/receive.ts';
import type { Vault } from '../secrets/vault.ts';
import { encodeForm } from '../wire/form.ts';
import { languageOf } from '../wire/preferences.ts';
import { isPlainText } from '../wire/text.ts';
import { CONSENT_STYLE, codePage, consentPage, deniedPage, refusedPage } from './consent-page.ts';
import { BODY_LIMIT, giveToken, liveApp } from './token-endpoint.ts';
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
const TICKET_MS = 10 * 60 * 1000;
const STYLE_HASH = createHash('sha256').update(CONSENT_STYLE).digest('base64');

const REASONS = {
  client: { zh: 'client_id 不存在或应用已停用。', en: 'client_id is unknown, or the app is suspended.' },
  callback: {
    zh: 'redirect_uri 与应用登记的回调地址不符：须逐字相同（本机地址的端口除外）。',
    en: 'redirect_uri is no callback address registered for the app: it must be the same to the letter, but for the port of a loopback address.',
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
} as const satisfies Record<string, Label>;

/** An authorisation that is asked for: who asks and where the answer goes. */
type Wish = {
  app_key: string;
  redirect_uri: string;
  redirect_uri_given: boolean;
  response_type: 'code' | 'token';
  state: string;
};

/** Serves `/authorize` and `/token` (TOP protocol 8.1, 8.2). */
export function serveOAuth(server: FastifyInstance, oauth: OAuth): void {
  const raw = (method: string | string[], url: string, exchange: Exchange) =>
    server.route({
      method,
      url,
      onRequest: (request, reply) => exchange(oauth, request, reply),
      handler: async () => undefined,
    });
  raw('GET', '/authorize', askConsent);
  raw('POST', '/authorize', takeConsent);
  raw(['POST', 'GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], '/token', giveToken);
}

type Exchange = (oauth: OAuth, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

async function askConsent(oauth: OAuth, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const language = languageOf(request.headers);
  const { parameters } = await receive(request.raw, reply.raw, { most: BODY_LIMIT, room: oauth.bodyRoom });
  const app = await liveApp(oauth.apps, parameters.get('client_id'));
  const refuse = (reason: Label) => sendPage(reply.code(400), refusedPage(language, reason));
  if (app === undefined) return refuse(REASONS.client);
  const redirect_uri = callbackOf(app, parameters.get('redirect_uri'));
  if (redirect_uri === undefined) return refuse(REASONS.callback);
  const response_type = parameters.get('response_type');
  if (response_type !== 'code' && response_type !== 'token') return refuse(REASONS.type);
  if (response_type === 'token' && redirect_uri === OUT_OF_BAND) return refuse(REASONS.oobToken);
  if (oauth.user === undefined) return refuse(REASONS.login);
  const wish: Wish = {
    app_key: app.app_key,
    redirect_uri,
    redirect_uri_given: Boolean(parameters.get('redirect_uri')),
    response_type,
    state: parameters.get('state') ?? '',
  };
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
  const { app_key, redirect_uri, redirect_uri_given, state } = wish;
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
  const code = await oauth.tokens.issueCode({ app_key, user_id, redirect_uri, redirect_uri_given }, now);
  if (redirect_uri === OUT_OF_BAND) return sendPage(reply, codePage(language, code));
  return goBack(reply, wish, { code, ...withState });
}

/** The callback to use: the one asked for when it is registered, the first registered one when none is asked for. */
function callbackOf(app: App, asked: string | undefined): string | undefined {
  if (!asked) return app.callback_urls[0];
  if (!isPlainText(asked)) return undefined;
  return app.callback_urls.some((registered) => isCallback(registered, asked)) ? asked : undefined;
}

/**
 * Whether a registered address is the one that is asked for: character by character (RFC 9700 2.1), but for the port of a
 * loopback address, which a program on the user's own machine takes as it comes (RFC 8252 7.3). One with a fragment is
 * none (RFC 6749 3.1.2).
 */
const isCallback = (registered: string, asked: string): boolean =>
  !asked.includes('#') && withoutLoopbackPort(registered) === withoutLoopbackPort(asked);

const LOOPBACK_PORT = /^(http:\/\/(?:127\.0\.0\.1|localhost|\[::1\])):\d{1,5}(?=[/?]|$)/;
const withoutLoopbackPort = (address: string): string => address.replace(LOOPBACK_PORT, '$1');

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
  return oauth.vault.seal(TICKET_PURPOSE, [], JSON.stringify({ wish, until })).toString('base64url');
}

function openTicket(oauth: OAuth, ticket: string): Wish | undefined {
  try {
    const text = oauth.vault.open(TICKET_PURPOSE, [], Buffer.from(ticket, 'base64url'));
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
