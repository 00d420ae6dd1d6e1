import type { TSchema } from 'typebox';
import { invalidArgument } from '../contract/errors.ts';
import type { Contract } from '../contract/method.ts';
import { PUBLIC_PARAMETERS } from '../contract/public-parameters.ts';
import { fieldNote, fieldsOf, itemOf, kindOf } from '../contract/schema.ts';
import { parsedJson } from './lists.ts';
import { nearestName } from './nearest.ts';

/**
 * A parameter or member that a method passes over: its path, and the known name beside it that comes nearest. Of one that
 * is repeated the method took the last value, and passed over those before.
 */
export type Unknown = { readonly path: string; readonly nearest?: string; readonly is_repeated?: true };

/** Business parameters by name: texts off the wire, or values that are typed already. */
export type Values = { get(name: string): unknown; keys(): Iterable<string> };

const MOST_NAMED = 20;
const MOST_TOLD = 20;
const LONGEST_NAME = 64;
/** A slip has about as many letters as what was meant; a name with more of them is likely one of its own. */
const MOST_LONGER = 1;

/** Whether a method refuses what it does not know: ours do, TOP's own pass over it as TOP does (TOP protocol 2). */
export const isStrict = ({ name }: Contract): boolean => name.startsWith('piaoquan.');

/** A name of the caller's as it may be repeated: cut, since it may be anything. */
const told = (name: string): string => (name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name);
const at = (path: string, name: string): string => (path === '' ? told(name) : `${path}.${told(name)}`);

/** Whether a name at the top of a call is nobody's but the method's: the protocol's own and empty names are not. */
const isBusiness = (name: string): boolean => name !== '' && !PUBLIC_PARAMETERS.has(name);

/** Whether a name that is not known is a slip of one of these, and no name of its own. */
const isSlip = (name: string, known: Iterable<string>): boolean => {
  const near = nearestName(name, known);
  return near !== undefined && Math.abs(near.length - name.replace(/[^\p{L}\p{N}]/gu, '').length) <= MOST_LONGER;
};

/**
 * Makes the refusal of names that are not known, by platform error 41 that names the nearest known one, or else those
 * that there are.
 * @param open whether names of their own are let pass, and only slips of known ones refused
 */
export function refuseUnknown(
  known: ReadonlySet<string>,
  open = false,
): (names: Iterable<string>, path: string) => void {
  return (names, path) => {
    for (const name of names) {
      if (known.has(name) || (path === '' && !isBusiness(name)) || (open && !isSlip(name, known))) continue;
      throw invalidArgument(at(path, name), `没有这个参数，${insteadOf(name, known, path === '' ? PUBLIC_NAMES : [])}`);
    }
  };
}

/**
 * Refuses the files of a call, by platform error 41 that names the first, where a method refuses what it does not know:
 * no method takes files, and a list that was uploaded as one would be as good as left out.
 */
export function refuseFiles(contract: Contract, [name]: readonly string[]): void {
  if (name !== undefined && isStrict(contract))
    throw invalidArgument(told(name), '收到的是上传的文件，而接口不接收文件：请把内容作为文本参数发送');
}

/**
 * Refuses business parameters that came more than once, by platform error 41 that names the first, where a method refuses
 * what it does not know: TOP takes the last value, which hardly is what the caller meant.
 */
export function refuseRepeated(contract: Contract, names: readonly string[]): void {
  const name = isStrict(contract) ? names.find(isBusiness) : undefined;
  if (name !== undefined) throw invalidArgument(told(name), '给出了不止一次：请只给一次，列表用逗号连接或写成 JSON');
}

/** The protocol's own names that a slip can be told of; one letter is near to any other. */
const PUBLIC_NAMES = [...PUBLIC_PARAMETERS].filter((name) => name.length > 1);

function insteadOf(name: string, known: ReadonlySet<string>, besides: readonly string[]): string {
  const near = nearestName(name, [...known, ...besides]);
  if (near !== undefined) return `最接近的是 ${near}`;
  if (known.size === 0) return '此处不接受任何参数';
  const names = [...known].slice(0, MOST_NAMED).join('、');
  return `可用的是 ${names}${known.size > MOST_NAMED ? ' 等' : ''}`;
}

/**
 * What of a call its method does not know and passes over, at any depth, in the order of the call; the first twenty.
 * Empty for the methods that refuse it.
 * @param repeated names that came more than once
 */
export function findUnknown(contract: Contract, parameters: Values, repeated: readonly string[] = []): Unknown[] {
  if (isStrict(contract)) return [];
  const found: Unknown[] = [...new Set(repeated)].map((name) => ({ path: told(name), is_repeated: true }));
  const top = Object.fromEntries([...parameters.keys()].filter(isBusiness).map((name) => [name, parameters.get(name)]));
  collect(fieldsOf(contract.request), top, '', found);
  return found.slice(0, MOST_TOLD);
}

type Fields = ReturnType<typeof fieldsOf>;

function collect(fields: Fields, value: unknown, path: string, found: Unknown[]): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || found.length >= MOST_TOLD) return;
  const known = new Map(fields.map((field) => [field.name, field.schema]));
  for (const [name, member] of Object.entries(value)) {
    const schema = known.get(name);
    if (schema !== undefined) collectIn(schema, member, at(path, name), found);
    else {
      const nearest = nearestName(name, known.keys());
      found.push({ path: at(path, name), ...(nearest !== undefined && { nearest }) });
    }
  }
}

function collectIn(schema: TSchema, value: unknown, path: string, found: Unknown[]): void {
  const { jsonObject } = fieldNote(schema);
  const kind = kindOf(schema);
  if (kind !== 'object' && kind !== 'array' && jsonObject?.members === undefined) return;
  const inner = parsedJson(value);
  if (kind === 'object') collect(fieldsOf(schema), inner, path, found);
  else if (kind === 'array' && kindOf(itemOf(schema)) === 'object' && Array.isArray(inner)) {
    for (const [index, each] of inner.entries()) {
      if (found.length >= MOST_TOLD) return;
      collect(fieldsOf(itemOf(schema)), each, `${path}[${index}]`, found);
    }
  } else if (jsonObject?.members !== undefined) collect(membersOf(jsonObject.members), inner, path, found);
}

const membersOf = (members: Readonly<Record<string, TSchema>>): Fields =>
  Object.entries(members).map(([name, schema]) => ({
    ...{ name, schema, kind: kindOf(schema), note: fieldNote(schema), required: false },
  }));
