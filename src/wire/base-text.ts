/** The digests of TOP protocol 4.3. */
export type SignMethod = 'md5' | 'hmac' | 'hmac-sha256';

/** The digests themselves, each giving hexadecimal digits of either case; who signs brings those of its platform. */
export type Digests = Readonly<Record<SignMethod, (secret: string, text: string) => string>>;

/** Public and business parameters of a call by name, decoded. */
export type Parameters = ReadonlyMap<string, string>;

/** Whether a text names a digest of TOP protocol 4.3. */
export const isSignMethod = (text: string): text is SignMethod =>
  text === 'md5' || text === 'hmac' || text === 'hmac-sha256';

/**
 * The text a signature covers: names and values joined without separators in ordinal order of the names, `sign` left
 * out (TOP protocol 4.2). Empty values stand as their bare name, as the clients that send them sign them (client notes,
 * requests 4).
 */
export function baseText(parameters: Parameters): string {
  let base = '';
  for (const name of [...parameters.keys()].sort()) {
    if (name !== 'sign' && name !== '') base += name + parameters.get(name);
  }
  return base;
}

/** The parameters without those whose value is empty, which Java and .NET clients never sign (TOP protocol 4.5). */
export const withoutEmpties = (parameters: Parameters): Parameters =>
  new Map([...parameters].filter(([, value]) => value !== ''));
