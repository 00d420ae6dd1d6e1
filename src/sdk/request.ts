import { type SignMethod, sign } from '../wire/sign.ts';
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

/** Business parameters by name: texts go as they are, everything else as its JSON or decimal text. */
export type BusinessParameters = Readonly<Record<string, unknown>>;

/**
 * All parameters of a call, signed (TOP protocol 2–4). Undefined, null and empty values are left out.
 * @param now the caller's time, put into `timestamp` in GMT+8
 */
export function signedParameters(
  credentials: Credentials,
  method: string,
  business: BusinessParameters,
  now: Date,
): Map<string, string> {
  const sign_method = credentials.sign_method ?? 'hmac-sha256';
  const parameters = new Map<string, string>([
    ['method', method],
    ['app_key', credentials.app_key],
    ['timestamp', formatInstant(now)],
    ['v', '2.0'],
    ['sign_method', sign_method],
    ['format', credentials.format ?? 'json'],
  ]);
  if (credentials.session) parameters.set('session', credentials.session);
  if (credentials.simplify) parameters.set('simplify', 'true');
  for (const [name, value] of Object.entries(business)) {
    const text = parameterText(value);
    if (text !== '') parameters.set(name, text);
  }
  parameters.set('sign', sign(sign_method, credentials.secret, parameters));
  return parameters;
}

function parameterText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (value instanceof Date) return formatInstant(value);
  return JSON.stringify(value);
}
