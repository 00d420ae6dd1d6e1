import type { TSchema } from 'typebox';
import { type ErrorBody, platformError } from '../contract/errors.ts';
import { type Contract, fault } from '../contract/method.ts';
import {
  type DatePattern,
  type Field,
  type FieldNote,
  fieldNote,
  fieldsOf,
  itemOf,
  kindOf,
} from '../contract/schema.ts';
import { type BusinessParameters, texts } from '../sdk/request.ts';
import { compileWriters, type Format, renderError } from '../wire/render.ts';
import { parseInstant } from '../wire/time.ts';
import { indentJson, indentXml } from './indent.ts';
import type { SampleCall } from './samples/index.ts';

/** One answer in each of the three spellings, laid out for reading. */
export type Answers = Readonly<Record<Format, string>>;

/** How an instant stands in an example: as the text of a request, or as the value that writers and SDK take. */
type Instant = (text: string, pattern: DatePattern) => unknown;

const REQUEST_ID = 'mi8w4s2k7q1z0x';
const SOME_TEXT = 'text';
const SOME_TIME = '2026-01-02 03:04:05';

/**
 * The ready-made request of a method, which a fresh sandbox answers with success: the contract's field examples in their
 * nesting, or what is ready in their place, lists with one item, instants as text in GMT+8. Optional fields without an
 * example are left out.
 */
export const exampleRequest = (contract: Contract): BusinessParameters => membersOf(contract.request, (text) => text);

const FETCHED: Readonly<Record<string, string>> = {
  'taobao.top.auth.token.create': 'code',
  'taobao.top.auth.token.refresh': 'refresh_token',
};

/** The parameter of a method that works once, so that a ready-made request must fetch it; undefined where none does. */
export const fetchedParameter = ({ name }: Contract): string | undefined => FETCHED[name];

/**
 * The same request as a call for the samples: as texts that go over the wire, and as values for the SDK's typed call.
 * @param caller who calls and where; the session is left out of a method that has no use for it
 */
export function exampleCall(
  contract: Contract,
  { session, ...caller }: Pick<SampleCall, 'url' | 'app_key' | 'secret' | 'session'>,
): SampleCall {
  return {
    ...caller,
    ...(contract.session !== 'none' && { session }),
    method: contract.name,
    parameters: Object.fromEntries(texts(exampleRequest(contract))),
    request: membersOf(contract.request, toDate),
  };
}

/** A success of the method, made of the examples of its response and written by the writers that answer calls. */
export function exampleAnswers(contract: Contract): Answers {
  const value = membersOf(contract.response, toDate);
  const writers = compileWriters(contract);
  return laidOut((format) => writers[format](value, REQUEST_ID));
}

/** A failure of the method: its first business error, or else what the platform says of a first parameter left out. */
export function failureAnswers(contract: Contract): Answers {
  const error = failureOf(contract);
  return laidOut((format) => renderError(format, error, REQUEST_ID));
}

const laidOut = (write: (format: Format) => string): Answers => ({
  xml: indentXml(write('xml')),
  json: indentJson(write('json')),
  simplified: indentJson(write('simplified')),
});

function failureOf(contract: Contract): ErrorBody {
  const [sub_code] = Object.keys(contract.errors);
  if (sub_code !== undefined) return fault(contract, sub_code).body;
  const needed = fieldsOf(contract.request).find(({ required }) => required);
  if (needed === undefined) return platformError('invalid-signature').body;
  const { name } = needed;
  return platformError('missing-arguments', { argument: name, sub_msg: `缺少必填参数 ${name}` }).body;
}

/** Throws when a contract spells the example of an instant in another form than its own. */
const toDate: Instant = (text, pattern) => {
  const instant = parseInstant(text, pattern);
  if (instant === undefined) throw new Error(`the example ${text} is no time as ${pattern}`);
  return instant;
};

function membersOf(schema: TSchema, instant: Instant): Record<string, unknown> {
  const members = fieldsOf(schema).map((field) => [field.name, memberOf(field, instant)] as const);
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}

/** The example of a field; undefined when the field may be left out and nothing of it has one. */
function memberOf({ schema, required, note }: Field, instant: Instant): unknown {
  const needed = required || note.missing !== undefined;
  return needed || hasExample(schema) ? exampleOf(schema, instant) : undefined;
}

function hasExample(schema: TSchema): boolean {
  switch (kindOf(schema)) {
    case 'object':
      return fieldsOf(schema).some((field) => hasExample(field.schema));
    case 'array':
      return hasExample(itemOf(schema));
    default:
      return fieldNote(schema).example !== undefined;
  }
}

function exampleOf(schema: TSchema, instant: Instant): unknown {
  const note = fieldNote(schema);
  switch (kindOf(schema)) {
    case 'object':
      return membersOf(schema, instant);
    case 'array':
      return [exampleOf(itemOf(schema), instant)];
    case 'instant':
      return instant(textOf(note, SOME_TIME.slice(0, note.date?.length)), note.date as DatePattern);
    case 'integer':
      return Number(textOf(note, '1'));
    case 'boolean':
      return textOf(note, 'true') === 'true';
    default:
      return textOf(note, note.type === 'Json' ? '{}' : SOME_TEXT);
  }
}

/** The text of an example; of a field without one its first listed value, or what fits its type. */
const textOf = ({ example, ready, values }: FieldNote, fitting: string): string =>
  ready ?? example ?? Object.keys(values ?? {})[0] ?? fitting;
