import { decodeForm, encodeForm } from './form.ts';

/** Separator of the segments of a batch unless the caller names another (TOP protocol 9). */
export const BATCH_SEPARATOR = '\r\n-S-\r\n';

const PUBLIC_MARK = '#PUBLIC#';
const NO_PARAMETERS = 'N';

/**
 * Reads a batch body into one parameter map a call: the shared `#PUBLIC#` parameters with the call's own on top; the
 * letter `N` is a call without parameters (TOP protocol 9). An empty text has no calls. Throws EncodingError.
 */
export function decodeBatch(body: string, separator: string): Map<string, string>[] {
  if (body === '') return [];
  const segments = body.split(separator);
  const shared = segments[0]?.startsWith(PUBLIC_MARK)
    ? decodeForm((segments.shift() as string).slice(PUBLIC_MARK.length))
    : undefined;
  return segments.map((segment) => {
    const parameters = new Map(shared);
    const own = segment.trim();
    return own === NO_PARAMETERS ? parameters : decodeForm(own, parameters);
  });
}

/** Writes a batch body: shared parameters first when there are any, then one segment a call. */
export function encodeBatch(
  shared: ReadonlyMap<string, string>,
  calls: readonly ReadonlyMap<string, string>[],
  separator: string = BATCH_SEPARATOR,
): string {
  const segments = calls.map((call) => (call.size === 0 ? NO_PARAMETERS : encodeForm(call)));
  if (shared.size > 0) segments.unshift(PUBLIC_MARK + encodeForm(shared));
  return segments.join(separator);
}
