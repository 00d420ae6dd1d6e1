import { platformError } from '../contract/errors.ts';
import { decodeForm, encodeForm } from './form.ts';

/** Separator of the segments of a batch unless the caller names another (TOP protocol 9). */
export const BATCH_SEPARATOR = '\r\n-S-\r\n';

/** Most calls in one batch; TOP's own limit is not published (TOP protocol 9). */
export const MAX_BATCH_CALLS = 100;

/** Most parameters of all calls of a batch together, shared ones counted with each call. */
const MAX_BATCH_PARAMETERS = 20_000;

const PUBLIC_MARK = '#PUBLIC#';
const NO_PARAMETERS = 'N';

/**
 * Reads a batch body into one parameter map a call: the shared `#PUBLIC#` parameters with the call's own on top; the
 * letter `N` is a call without parameters (TOP protocol 9). An empty text has no calls. Calls are counted before anything
 * is copied. Throws EncodingError, and platform error 42 for a batch of too many calls, or whose calls would be too large
 * together if each were sent by itself.
 * @param mostCharacters most characters of all calls together, shared parameters counted with each call
 */
export function decodeBatch(
  body: string,
  separator: string,
  mostCharacters: number = Number.POSITIVE_INFINITY,
): Map<string, string>[] {
  if (body === '') return [];
  // Two more than may be: the shared parameters are none, and one tells that there are too many.
  const segments = body.split(separator, MAX_BATCH_CALLS + 2);
  const marked = segments[0]?.startsWith(PUBLIC_MARK) ? (segments.shift() as string).slice(PUBLIC_MARK.length) : '';
  if (segments.length > MAX_BATCH_CALLS) throw tooLarge(`一次批量最多 ${MAX_BATCH_CALLS} 个调用`);
  const own = segments.reduce((sum, segment) => sum + segment.length, 0);
  if (own + marked.length * segments.length > mostCharacters)
    throw tooLarge(`批量中每个调用连同共用参数合计最多 ${mostCharacters} 个字符`);
  const shared = decodeForm(marked);
  let parameters = 0;
  return segments.map((segment) => {
    const text = segment.trim();
    const call = text === NO_PARAMETERS ? new Map() : decodeForm(text);
    parameters += shared.size + call.size;
    if (parameters > MAX_BATCH_PARAMETERS)
      throw tooLarge(`批量中每个调用连同共用参数合计最多 ${MAX_BATCH_PARAMETERS} 个参数`);
    return new Map([...shared, ...call]);
  });
}

const tooLarge = (sub_msg: string) => platformError('request-too-large', { sub_msg });

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
