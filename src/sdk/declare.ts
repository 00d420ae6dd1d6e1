import type { TSchema } from 'typebox';
import type { Contract } from '../contract/method.ts';
import { DEFAULT_MAX_LENGTH, type Field, fieldNote, fieldsOf, itemOf, kindOf } from '../contract/schema.ts';

/** Whether members are those of a request, where null is as good as nothing, or of an answer, where null is never sent. */
type Side = 'request' | 'response';

/** The interfaces of one method: what each is called, by its text. */
type Interfaces = { readonly prefix: string; readonly names: Map<string, string> };

/**
 * The types of every method in plain TypeScript, for the package: the same as `Methods` of methods.ts, which is inferred
 * from the contracts. Enumerated values are offered without being the only ones, as a newer platform may know more.
 */
export function declareMethods(contracts: readonly Contract[]): string {
  const declared = contracts.map((contract) => ({ contract, ...declareMethod(contract) }));
  const members = declared.map(
    ({ contract, request, response }) =>
      `${docs([`${contract.title.en}. ${contract.purpose.en}`, ...notesOf(contract)], '  ')}` +
      `  ${quoted(contract.name)}: { request: ${request}; response: ${response} };\n`,
  );
  return `${declared.map(({ text }) => text).join('')}/** Request and answer of every method, by its name. */
export interface Methods {
${members.join('')}}
`;
}

function notesOf({ session, errors }: Contract): string[] {
  const needs = { required: 'Needs a session.', optional: 'Takes a session.', none: '' }[session];
  const codes = Object.entries(errors).map(([sub_code, { cause }]) => `- \`${sub_code}\`: ${cause.en}`);
  return [needs, ...(codes.length > 0 ? ['Errors by sub_code:', ...codes] : [])].filter(Boolean);
}

function declareMethod({ name, request, response }: Contract): { text: string; request: string; response: string } {
  const prefix = name
    .replace(/^taobao\./, '')
    .split('.')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
  const made: Interfaces = { prefix, names: new Map() };
  const asked = declareInterface(made, 'Request', `Request of ${name}.`, request, 'request');
  const answered = declareInterface(made, 'Response', `Answer of ${name}.`, response, 'response');
  return { text: [...made.names.keys()].join(''), request: asked, response: answered };
}

/** Declares an interface and those within it, and gives its name; the same object again is the same interface. */
function declareInterface(made: Interfaces, title: string, meaning: string, schema: TSchema, side: Side): string {
  const members = fieldsOf(schema).map((field) => {
    const type = typeOf(made, field.schema, side);
    const mark = field.required ? ':' : '?:';
    const absent = field.required ? '' : side === 'request' ? ' | null | undefined' : ' | undefined';
    const isSetting = side === 'request' && field.note.setting;
    const lines = [
      ...describe(field),
      ...(isSetting ? ['Left out of a save it stays as it is; null takes it away.'] : []),
    ];
    return `${docs(lines, '  ')}  ${field.name}${mark} ${type}${absent};\n`;
  });
  const textAs = (name: string): string => `${docs([meaning])}export interface ${name} {\n${members.join('')}}\n\n`;
  const plain = made.prefix + title.replace(/\W/g, '');
  for (let number = 1; ; number++) {
    const name = number === 1 ? plain : `${plain}${number}`;
    const text = textAs(name);
    if (made.names.has(text)) return name;
    if ([...made.names.values()].includes(name)) continue;
    made.names.set(text, name);
    return name;
  }
}

function typeOf(made: Interfaces, schema: TSchema, side: Side): string {
  const { type, meaning, values } = fieldNote(schema);
  switch (kindOf(schema)) {
    case 'object':
      return declareInterface(made, type, meaning.en, schema, side);
    case 'array': {
      const item = typeOf(made, itemOf(schema), side);
      return item.includes(' ') ? `(${item})[]` : `${item}[]`;
    }
    case 'instant':
      return 'Date';
    case 'integer':
      return values === undefined ? 'number' : `${Object.keys(values).join(' | ')} | (number & {})`;
    case 'boolean':
      return 'boolean';
    default:
      return values === undefined ? 'string' : `${Object.keys(values).map(quoted).join(' | ')} | (string & {})`;
  }
}

const quoted = (text: string): string => `'${text.replace(/['\\]/g, '\\$&')}'`;

function describe({ schema, kind, note }: Field): string[] {
  const lines = [/[.;:)]$/.test(note.meaning.en) ? note.meaning.en : `${note.meaning.en}.`];
  for (const [value, { en }] of Object.entries(note.values ?? {})) lines.push(`- \`${value}\`: ${en}`);
  if (note.type === 'Json') lines.push('JSON text.');
  if (note.date === 'yyyy-MM-dd HH:mm') lines.push('To the minute.');
  const { maxLength, minimum, maximum } = schema as { maxLength?: number; minimum?: number; maximum?: number };
  if (kind === 'string' && maxLength !== undefined && maxLength !== DEFAULT_MAX_LENGTH)
    lines.push(`At most ${maxLength} characters.`);
  if (minimum !== undefined && minimum !== Number.MIN_SAFE_INTEGER) lines.push(`At least ${minimum}.`);
  if (maximum !== undefined && maximum !== Number.MAX_SAFE_INTEGER) lines.push(`At most ${maximum}.`);
  if (note.example) lines.push(`Example: \`${note.example}\``);
  return lines;
}

function docs(lines: readonly string[], indent = ''): string {
  const safe = lines.map((line) => line.replaceAll('*/', '*\\/').replace(/\s+/g, ' '));
  if (safe.length === 1) return `${indent}/** ${safe[0]} */\n`;
  return `${indent}/**\n${safe.map((line) => `${indent} * ${line}\n`).join('')}${indent} */\n`;
}
