import type { IncomingHttpHeaders } from 'node:http';
import type { Label } from '../../contract/schema.ts';

/** Why a sandbox refuses: it was called by another machine's name, or by another site's page. With the status and texts. */
export const FOREIGN = {
  'foreign-origin': {
    status: 403,
    message: { zh: '请求来自其他网站，已拒绝。', en: 'The request came from another site and was refused.' },
  },
  'foreign-host': {
    status: 403,
    message: {
      zh: '沙箱只应答本机的名字（localhost、127.0.0.1、[::1]）。要用其他名字访问，请在启动时把它写进 PIAOQUAN_HOSTS。',
      en: 'A sandbox answers only to names of this machine (localhost, 127.0.0.1, [::1]). To use another name, start it with that name in PIAOQUAN_HOSTS.',
    },
  },
} as const satisfies Record<string, { status: number; message: Label }>;

/** Name of such a refusal. */
export type Foreign = keyof typeof FOREIGN;

/** The refusal of a foreign caller, which each route answers in its own form. */
export class ForeignCaller extends Error {
  override name = 'ForeignCaller';
  readonly reason: Foreign;

  constructor(reason: Foreign) {
    super(reason);
    this.reason = reason;
  }
}

/** What the request of a route may come with. */
export type Caller = {
  /** The Host header, or what a trusted proxy says of it. */
  readonly host: string;
  readonly headers: Pick<IncomingHttpHeaders, 'origin' | 'sec-fetch-site'>;
  /** Whether a page of another site may lead a browser here, as apps do to `/authorize`. */
  readonly isVisit: boolean;
  /** Whether the route's own page hides its Origin ("null") and has another proof with it, as the consent form's ticket. */
  readonly isHidden?: boolean;
};

const LOOPBACK = /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Host and port as a browser writes them; undefined for what is no host. */
function readHost(host: string): URL | undefined {
  return /^[^\s@/?#\\]+$/.test(host) ? (URL.parse(`http://${host}`) ?? undefined) : undefined;
}

/** True for addresses of this machine alone, as HOST and Host headers have them: localhost, 127.0.0.0/8, ::1. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(readHost(host.includes('::') && !host.startsWith('[') ? `[${host}]` : host)?.hostname ?? '');
}

/**
 * Guards what a sandbox opens without a password. A name that leads here may belong to anybody (DNS rebinding), so the
 * Host must be a name of this machine or of `hosts`; and no other site's page may call (its Origin, or what the browser
 * says in Sec-Fetch-Site).
 * @param hosts further names, small letters, without port
 */
export function foreignTo(hosts: readonly string[], { host, headers, isVisit, isHidden }: Caller): Foreign | undefined {
  const own = readHost(host);
  if (own === undefined || !(LOOPBACK.test(own.hostname) || hosts.includes(own.hostname))) return 'foreign-host';
  const { origin, 'sec-fetch-site': site } = headers;
  // No page can forge it.
  if (site === 'same-origin') return undefined;
  if (origin !== undefined && !(isHidden && origin === 'null') && URL.parse(origin)?.host !== own.host)
    return 'foreign-origin';
  return isVisit || site === undefined || site === 'none' ? undefined : 'foreign-origin';
}
