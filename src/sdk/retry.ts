import { TopError, TopNetworkError } from './errors.ts';
import type { BusinessParameters } from './request.ts';
import { shapes } from './shapes.ts';
import type { MethodName } from './types.ts';

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5000;

/** How often a call may be repeated, and whether a repeat of one that was carried out after all has no effect. */
export type Patience = { readonly retries: number; readonly repeatable: boolean };

const inner = (value: unknown): BusinessParameters => (value ?? {}) as BusinessParameters;

function hasRequestId(request: BusinessParameters): boolean {
  const { isv_user_info_map = '' } = inner(request.param0);
  try {
    return Boolean(inner(JSON.parse(String(isv_user_info_map))).requestId);
  } catch {
    return false;
  }
}

const never = (): boolean => false;

/**
 * The writes that a repeat carries out once more unless the request bears the key that may be left out, or always. All
 * others are idempotent on a mandatory key or by what they set.
 */
const keyed: { readonly [Name in MethodName]?: (request: BusinessParameters) => boolean } = {
  'alibaba.ai.content.business.send.plan.receive': hasRequestId,
  'alibaba.damai.maizuo.openapi.order.submit': (request) =>
    Boolean(inner(request.grouped_submit_order_param).shopping_cart_id),
  'taobao.promotion.benefit.activity.send': (request) => Boolean(inner(request.send_request).unique_id),
  'taobao.top.auth.token.create': never,
  'piaoquan.platform.app.secret.rotate': never,
  'piaoquan.platform.session.create': never,
  'piaoquan.ticketing.token.create': never,
};

/** Whether a call may be made again when it is unknown if it was carried out. Of a method unknown here nobody can tell. */
export function isRepeatable(method: string, request: BusinessParameters): boolean {
  const shape = shapes[method];
  if (shape === undefined || shape.kind === 'read') return shape !== undefined;
  return keyed[method as MethodName]?.(request) ?? true;
}

/**
 * How many milliseconds to wait before a call is repeated; undefined when it is not to be. Only network errors, `isp.`
 * and limits that end soon are worth a repeat (TOP protocol 6.5); a call over a limit was surely not carried out.
 * @param tries repeats so far
 * @param random from 0 to 1, so that clients that failed together do not come back together
 */
export function waitBefore(error: unknown, { retries, repeatable }: Patience, tries: number, random: number) {
  if (tries >= retries || !(error instanceof TopError || error instanceof TopNetworkError)) return undefined;
  const backoff = Math.min(FIRST_WAIT_MS * 2 ** tries, LONGEST_WAIT_MS) * (0.5 + random / 2);
  const limit = error instanceof TopError ? error.wait_ms : undefined;
  if (limit !== undefined) return limit <= LONGEST_WAIT_MS ? limit + FIRST_WAIT_MS * random : undefined;
  return error.retryable && (repeatable || isLimit(error)) ? backoff : undefined;
}

const isLimit = (error: TopError | TopNetworkError): boolean => error instanceof TopError && error.code === 7;

/** Waits; rejects with the signal's reason as soon as it is aborted. */
export function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((done, ended) => {
    const stop = (): void => {
      clearTimeout(timer);
      ended(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      done();
    }, milliseconds);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}

/** Makes a call until it is answered or a repeat is of no use; then throws the last error. */
export async function persist<T>(
  attempt: () => Promise<T>,
  patience: Patience,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      const wait = waitBefore(error, patience, tries, Math.random());
      if (wait === undefined) throw error;
      await pause(wait, signal);
    }
  }
}
