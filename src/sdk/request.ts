import type { SignMethod } from '../wire/base-text.ts';
import { encodeForm } from '../wire/form.ts';
import { LOOKS_LIKE_JSON } from '../wire/lists.ts';
import { sign } from '../wire/sign.ts';
import { formatInstant } from '../wire/time.ts';

/** Who signs and in which spelling the answer should come. */
export type Credentials = {
  readonly app_key: string;
  readonly secret: string;
  /** Session key of the user, for methods that need one. */
  readonly session?: string | undefined;
  /** Digest of the signature; hmac-sha256 unless given. */
  readonly sign_method?: SignMethod | undefined;
  readonly format?: 'json' | 'xml' | undefined;
  /** Simplified JSON (TOP protocol 5.5). */
  readonly simplify?: boolean | undefined;
};

/** Business parameters by name: texts go as they are, everything else as TOP spells it (TOP protocol 3). */
export type BusinessParameters = Readonly<Record<string, unknown>>;

/** The type of form posts. */
export const FORM = 'application/x-www-form-urlencoded;charset=utf-8';

/**
 * All parameters of a call, signed (TOP protocol 2–4); see {@link texts} for what is left out.
 * @param now the caller's time, put into `timestamp` in GMT+8
 */
export function signedParameters(
  credentials: Credentials,
  method: string,
  business: BusinessParameters,
  now: Date,
): Map<string, string> {
  return signed(
    credentials,
    new Map([['method', method], ...publicParameters(credentials, now), ...texts(business, method)]),
  );
}

/**
 * The parameters of a batch for its query, signed with its body (TOP protocol 4.6, 9).
 * @param now the caller's time, put into `timestamp` in GMT+8
 */
export const signedBatch = (credentials: Credentials, body: string, now: Date): Map<string, string> =>
  signed(credentials, publicParameters(credentials, now), body);

function signed(credentials: Credentials, parameters: Map<string, string>, body = ''): Map<string, string> {
  return parameters.set('sign', sign(methodOf(credentials), credentials.secret, parameters, body));
}

const methodOf = ({ sign_method = 'hmac-sha256' }: Credentials): SignMethod => sign_method;

function publicParameters(credentials: Credentials, now: Date): Map<string, string> {
  const parameters = new Map<string, string>([
    ['app_key', credentials.app_key],
    ['timestamp', formatInstant(now)],
    ['v', '2.0'],
    ['sign_method', methodOf(credentials)],
    ['format', credentials.format ?? 'json'],
  ]);
  if (credentials.session) parameters.set('session', credentials.session);
  if (credentials.simplify) parameters.set('simplify', 'true');
  return parameters;
}

/**
 * Business parameters as texts (TOP protocol 3). Undefined values are left out, null and empty ones too unless the method
 * is of `piaoquan.*`: there an empty text takes a setting away.
 */
export function texts(business: BusinessParameters, method = ''): Map<string, string> {
  const sendsEmpties = method.startsWith('piaoquan.');
  const spelled = new Map<string, string>();
  for (const [name, value] of Object.entries(business)) {
    const text = parameterText(value);
    if (text !== '' || (sendsEmpties && value !== undefined)) spelled.set(name, text);
  }
  return spelled;
}

function parameterText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (value instanceof Date) return formatInstant(value);
  // Lists of simple values go comma-joined, lists of objects as JSON (TOP protocol 3), and so does a list that joined
  // would be no list or another one.
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object' || item instanceof Date)) {
    const items = value.map(parameterText);
    const joined = items.join(',');
    const isPlain = joined !== '' && !LOOKS_LIKE_JSON.test(joined) && !items.some((item) => item.includes(','));
    return isPlain ? joined : JSON.stringify(items);
  }
  return JSON.stringify(value, withDates);
}

/** Dates inside objects are spelled as on the wire; JSON would have made them ISO text by the time it asks. */
function withDates(this: Record<string, unknown>, name: string, value: unknown): unknown {
  const own = this[name];
  return own instanceof Date ? formatInstant(own) : value;
}

/**
 * Posts a signed call as a form and gives the text of the answer, an `error_response` included.
 * Rejects when the server cannot be reached or takes longer than the timeout.
 * @param timeoutMs longest wait in milliseconds
 */
export async function send(url: string, parameters: ReadonlyMap<string, string>, timeoutMs = 30_000): Promise<string> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': FORM },
    body: encodeForm(parameters),
    signal: AbortSignal.timeout(timeoutMs),
  });
  return answer.text();
}
