import { TopNetworkError } from './errors.ts';
import type { ClientOptions, Fetch, Signal } from './types.ts';

/** One exchange with the gateway. */
export type Exchange = {
  /** Name by which errors call what is sent. */
  readonly method: string;
  readonly url: string;
  readonly type: string;
  readonly body: string;
  readonly timeout_ms: number;
  readonly signal: AbortSignal | undefined;
};

/** Where the gateway is reached. */
export type Addresses = { readonly rest: string; readonly batch: string };

/** The addresses of a gateway, by its origin or by the path that TOP's SDKs want. Throws TypeError for no address. */
export function addressesOf(url: string): Addresses {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) throw new TypeError(`url "${url}" is no http address`);
  const base = url.replace(/\/+$/, '').replace(/\/router\/rest$/, '');
  return { rest: `${base}/router/rest`, batch: `${base}/router/batch` };
}

/**
 * Posts a text and gives the text of the answer. Throws TopNetworkError when none comes in time or whole, and the
 * signal's reason when that is aborted.
 */
export async function post(options: ClientOptions, exchange: Exchange): Promise<string> {
  const { method, url, type, body, timeout_ms, signal } = exchange;
  const timeout = AbortSignal.timeout(timeout_ms);
  const either = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  const send: Fetch = options.fetch ?? fetch;
  try {
    const headers = { 'content-type': type };
    return await (await send(url, { method: 'POST', headers, body, signal: either as Signal })).text();
  } catch (error) {
    signal?.throwIfAborted();
    if (timeout.aborted) throw new TopNetworkError(method, 'timeout', `no answer within ${timeout_ms} ms`, error);
    throw new TopNetworkError(method, 'connection', `${options.url} cannot be reached: ${reasonOf(error)}`, error);
  }
}

/** Why a fetch failed, in a word or a sentence: Node hides it in the cause. */
export function reasonOf(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: { code?: string; message?: string } };
  if (cause?.code === 'ERR_SSL_WRONG_VERSION_NUMBER') return 'it speaks plain HTTP there: write http:// for https://';
  return cause?.code ?? cause?.message ?? message ?? String(error);
}
