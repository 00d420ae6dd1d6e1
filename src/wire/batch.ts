import { platformError, TopError } from '../contract/errors.ts';
import type { Label } from '../contract/schema.ts';
import { decodeForm, EncodingError, encodeForm } from './form.ts';

/** Separator of the segments of a batch unless the caller names another (TOP protocol 9). */
export const BATCH_SEPARATOR = '\r\n-S-\r\n';

/** Most calls in one batch; TOP's own limit is not published (TOP protocol 9). */
export const MAX_BATCH_CALLS = 100;

/** Most parameters of all calls of a batch together, shared ones counted with each call. */
const MAX_BATCH_PARAMETERS = 20_000;

const PUBLIC_MARK = '#PUBLIC#';
const NO_PARAMETERS = 'N';

/** A call of a batch: its parameters, and the names that one of its two segments gives more than once. */
export type BatchCall = { readonly parameters: Map<string, string>; readonly repeated?: readonly string[] };

/**
 * Reads a batch body into one parameter map a call: the shared `#PUBLIC#` parameters with the call's own on top; the
 * letter `N`, or nothing between two separators, is a call without parameters (TOP protocol 9). Nothing behind the last
 * separator is no call, and an empty text has none. Calls are counted before anything
 * is copied. Throws EncodingError, and platform error 42 for a batch of too many calls, or whose calls would be too large
 * together if each were sent by itself.
 * @param mostCharacters most characters of all calls together, shared parameters counted with each call
 */
export function decodeBatch(
  body: string,
  separator: string,
  mostCharacters: number = Number.POSITIVE_INFINITY,
): BatchCall[] {
  if (body === '') return [];
  // Three more than may be: the shared parameters are none, nor is an empty end, and one tells that there are too many.
  const segments = body.split(separator, MAX_BATCH_CALLS + 3);
  const marked = segments[0]?.startsWith(PUBLIC_MARK) ? (segments.shift() as string).slice(PUBLIC_MARK.length) : '';
  // What stands behind the last separator is no call when it is empty.
  if (segments.length <= MAX_BATCH_CALLS + 1 && segments.at(-1)?.trim() === '') segments.pop();
  if (segments.length > MAX_BATCH_CALLS)
    throw tooLarge({
      zh: `一次批量最多 ${MAX_BATCH_CALLS} 个调用`,
      en: `a batch has at most ${MAX_BATCH_CALLS} calls`,
    });
  const own = segments.reduce((sum, segment) => sum + segment.length, 0);
  if (own + marked.length * segments.length > mostCharacters)
    throw tooLarge({
      zh: `批量中每个调用连同共用参数合计最多 ${mostCharacters} 个字符`,
      en: `the calls of a batch, shared parameters counted with each, have at most ${mostCharacters} characters`,
    });
  const sharedTwice: string[] = [];
  const shared = decodeSegment(marked, PUBLIC_MARK, sharedTwice);
  let parameters = 0;
  return segments.map((segment, index) => {
    const place = String(index + 1);
    const text = segment.trim();
    const repeated = [...sharedTwice];
    const call = text === NO_PARAMETERS ? new Map<string, string>() : decodeSegment(text, place, repeated);
    parameters += shared.size + call.size;
    if (parameters > MAX_BATCH_PARAMETERS)
      throw tooLarge({
        zh: `批量中每个调用连同共用参数合计最多 ${MAX_BATCH_PARAMETERS} 个参数`,
        en: `the calls of a batch, shared parameters counted with each, have at most ${MAX_BATCH_PARAMETERS} parameters`,
      });
    return { parameters: new Map([...shared, ...call]), ...(repeated.length > 0 && { repeated }) };
  });
}

/** A line that parts segments, within a segment that the separator should have ended there. */
const SEPARATOR_LINE = /(?:^|[\r\n])[ \t]{0,8}-S-[ \t]{0,8}(?:[\r\n]|$)/;

function decodeSegment(text: string, place: string, repeated: string[]): Map<string, string> {
  try {
    if (SEPARATOR_LINE.test(text)) throw wrongSeparator(text.includes(BATCH_SEPARATOR));
    return decodeForm(text, new Map(), repeated);
  } catch (error) {
    throw inSegment(error, place);
  }
}

const wrongSeparator = (named: boolean) =>
  platformError('bad-request', {
    sub_msg: named
      ? {
          zh: '请求体用 -S- 分隔，请求头 top-api-separator 却写了别的分隔符：请二者一致',
          en: 'the body is parted by -S-, but the header top-api-separator names another separator: make the two agree',
        }
      : {
          zh: '分隔行 -S- 的前后应各为 CRLF（\\r\\n-S-\\r\\n），收到的不是，例如只有 LF，或多了空白',
          en: 'the line -S- must stand between CRLF on both sides (\\r\\n-S-\\r\\n); what came has something else, such as LF alone or blanks',
        },
  });

/** Throws an error of one call of a batch, a platform error with the segment that it stands in. */
export const throwInSegment =
  (segment: number): ((error: unknown) => never) =>
  (error) => {
    throw inSegment(error, String(segment));
  };

/** An error told with the segment of a batch that it stands in, the shared one not counted; other errors stay. */
function inSegment(error: unknown, segment: string): unknown {
  const place = { zh: `第 ${segment} 段`, en: `segment ${segment}` };
  if (error instanceof EncodingError)
    return new EncodingError({ zh: `${place.zh}：${error.words.zh}`, en: `${place.en}: ${error.words.en}` });
  if (!(error instanceof TopError) || error.body.code < 21 || error.body.code > 47) return error;
  const { sub_msg } = error.body;
  const both = `${place.zh} / ${place.en}`;
  return new TopError({ ...error.body, sub_msg: sub_msg === undefined ? both : `${both}: ${sub_msg}` });
}

const tooLarge = (sub_msg: Label) => platformError('request-too-large', { sub_msg });

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
