import { formatInstant, parseInstant } from '../wire/time.ts';
import { type ErrorAnswer, TopError, TopNetworkError } from './errors.ts';
import type { BusinessParameters } from './request.ts';
import { type Instants, shapes } from './shapes.ts';

type Members = Readonly<Record<string, unknown>>;
type Convert = (value: unknown, pattern: Extract<Instants[string], string>, path: string) => unknown;

const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null;

/** A copy of a value with its instants converted; what stands elsewhere than the contract says is left as it is. */
function convertInstants(value: unknown, at: Instants[string], convert: Convert, path: string): unknown {
  if (value === undefined || value === null) return value;
  if (Array.isArray(value)) return value.map((item, index) => convertInstants(item, at, convert, `${path}[${index}]`));
  if (typeof at === 'string') return convert(value, at, path);
  if (!isObject(value)) return value;
  const converted: Record<string, unknown> = { ...value };
  for (const [name, below] of Object.entries(at))
    if (name in converted) converted[name] = convertInstants(converted[name], below, convert, `${path}.${name}`);
  return converted;
}

/**
 * A request with its instants spelled as its method wants them. Throws TypeError naming what cannot be spelled: a Date
 * that is none, and a comma in a list that goes comma-joined (TOP protocol 3).
 */
export function formatRequest(method: string, request: BusinessParameters): BusinessParameters {
  for (const [name, value] of Object.entries(request))
    if (Array.isArray(value) && value.some((item) => typeof item === 'string' && item.includes(',')))
      throw new TypeError(`${method}.${name}: an item of the list holds a comma`);
  const spell: Convert = (value, pattern, path) => {
    if (!(value instanceof Date)) return value;
    if (Number.isNaN(value.getTime())) throw new TypeError(`${path} is not a valid Date`);
    return formatInstant(value, pattern);
  };
  return convertInstants(request, shapes[method]?.request ?? {}, spell, method) as BusinessParameters;
}

/**
 * Reads a simplified JSON answer (TOP protocol 5.5); instants become Dates. Throws the TopError of an `error_response`,
 * and TopNetworkError for a text that is no answer. Members unknown to this release stay as they come.
 */
export function readAnswer(method: string, text: string): Members {
  const unreadable = (why: string) => new TopNetworkError(method, 'answer', why);
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch (error) {
    throw new TopNetworkError(method, 'answer', 'the answer is not JSON', error);
  }
  if (!isObject(answer) || !('request_id' in answer || 'error_response' in answer))
    throw unreadable('the answer is not one of the platform');
  if (isObject(answer.error_response)) throw new TopError(method, answer.error_response as ErrorAnswer);
  const read: Convert = (value, pattern, path) => {
    const instant = typeof value === 'string' ? parseInstant(value, pattern) : undefined;
    if (instant === undefined) throw unreadable(`${path} is not a time as ${pattern}`);
    return instant;
  };
  return convertInstants(answer, shapes[method]?.response ?? {}, read, 'answer') as Members;
}
