import type { FastifyRequest } from 'fastify';
import { cookieNamed } from '../wire/preferences.ts';

/** The cookie that holds the session of an operator. */
export const SESSION_COOKIE = 'piaoquan_console';

const isSecure = (request: FastifyRequest): boolean => request.protocol === 'https';

/** Over TLS the browser itself holds a cookie to this host and to TLS (RFC 6265bis 4.1.3.2). */
const nameOf = (request: FastifyRequest, name: string): string => (isSecure(request) ? `__Host-${name}` : name);

/** The text of a Set-Cookie header: out of reach of scripts and other sites. */
export function formatCookie(request: FastifyRequest, name: string, value: string, seconds: number): string {
  const secure = isSecure(request) ? '; Secure' : '';
  return `${nameOf(request, name)}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}${secure}`;
}

/** The value of a cookie of a request; undefined without it. */
export const readCookie = (request: FastifyRequest, wanted: string): string | undefined =>
  cookieNamed(request.headers.cookie, nameOf(request, wanted));

/** The session that a browser believes to have: well formed, and no more is known of it. Undefined without one. */
export function cookieOf(request: FastifyRequest): string | undefined {
  const value = readCookie(request, SESSION_COOKIE);
  return value !== undefined && /^[\w-]{43}$/.test(value) ? value : undefined;
}
