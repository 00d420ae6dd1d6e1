import type { TSchema } from 'typebox';
import { catalogue } from '../contract/catalogue.ts';
import type { Contract } from '../contract/method.ts';
import {
  DEFAULT_MAX_ITEMS,
  DEFAULT_MAX_LENGTH,
  type Field,
  fieldNote,
  fieldsOf,
  itemOf,
  kindOf,
} from '../contract/schema.ts';
import { exampleRequest } from '../docs/examples.ts';
import { type Io, printJson, table, wrongUsage } from './io.ts';

type Language = 'zh' | 'en';

const LABELS = {
  en: {
    session: 'Session',
    sessions: { required: 'required (--session)', optional: 'may be given (--session)', none: 'none' },
    package: 'Package',
    kind: 'Kind',
    kinds: { read: 'reads', write: 'writes' },
    request: 'Request',
    response: 'Response',
    errors: 'Errors of its own (code 15); those of the platform are on the documentation page /en/errors',
    none: 'none',
    required: 'required',
    optional: 'optional',
    setting: 'left out of a save it stays, null takes it away',
    upTo: (count: number) => `up to ${count} characters`,
    items: (count: number) => `up to ${count} items`,
    range: (least: string, most: string) => `${least} to ${most}`,
    from: (least: string) => `from ${least}`,
    to: (most: string) => `up to ${most}`,
    example: 'e.g. ',
    comma: ', ',
    call: 'Example',
    remedy: 'What to do: ',
  },
  zh: {
    session: '会话',
    sessions: { required: '需要（--session）', optional: '可带（--session）', none: '不需要' },
    package: '权限包',
    kind: '类型',
    kinds: { read: '读', write: '写' },
    request: '请求参数',
    response: '返回参数',
    errors: '接口自己的错误码（code 15）；平台错误码见文档页 /zh/errors',
    none: '无',
    required: '必填',
    optional: '可选',
    setting: '保存时不填则不变，null 则清除',
    upTo: (count: number) => `最多 ${count} 个字符`,
    items: (count: number) => `最多 ${count} 项`,
    range: (least: string, most: string) => `${least} 至 ${most}`,
    from: (least: string) => `不小于 ${least}`,
    to: (most: string) => `不大于 ${most}`,
    example: '例：',
    comma: '，',
    call: '示例',
    remedy: '处理：',
  },
} as const;

type Labels = (typeof LABELS)[Language];

/** The contract of a method. Throws wrong usage, naming what comes close. */
export function contractOf(name: string): Contract {
  const contracts: readonly Contract[] = catalogue;
  const found = contracts.find((contract) => contract.name === name);
  if (found !== undefined) return found;
  const last = name.split('.').at(-1) ?? name;
  const near = contracts.map((contract) => contract.name).filter((each) => each.includes(last));
  const hint = near.length > 0 && near.length <= 6 ? `; did you mean ${near.join(' or ')}?` : '';
  throw wrongUsage(`there is no method ${name}${hint} (piaoquan call --help names them all)`);
}

/** Prints what the contract says of a method; as JSON Schema with the notes of the page when asked for JSON. */
export function printMethodHelp(io: Io, name: string, language: Language, json = false): void {
  const contract = contractOf(name);
  if (json) printJson(io, contract);
  else io.out(methodHelp(contract, language));
}

/** Every method with its title, by category. */
export function methodList(language: Language): string {
  const contracts: readonly Contract[] = catalogue;
  return table(contracts.map(({ name, title }) => [`  ${name}`, title[language]]));
}

function methodHelp(contract: Contract, language: Language): string {
  const labels = LABELS[language];
  const facts = table([
    [labels.session, labels.sessions[contract.session]],
    [labels.package, contract.package],
    [labels.kind, labels.kinds[contract.kind]],
  ]);
  const errors = Object.entries(contract.errors).map(
    ([code, { cause, remedy }]) => `  ${code}\n      ${cause[language]}\n      ${labels.remedy}${remedy[language]}\n`,
  );
  return [
    `${contract.name}  ${contract.title[language]}\n\n${contract.purpose[language]}\n`,
    facts,
    section(labels.request, fieldLines(contract.request, language, 1, true)),
    section(labels.response, fieldLines(contract.response, language, 1, false)),
    ...(errors.length === 0 ? [] : [section(labels.errors, errors)]),
    section(labels.call, [`  ${exampleCall(contract)}\n`]),
  ].join('\n');
}

/** A command line to paste: the examples of the contract, quoted for a shell. */
function exampleCall(contract: Contract): string {
  const request = JSON.stringify(exampleRequest(contract));
  const parameters = request === '{}' ? '' : ` '${request.replaceAll("'", "'\\''")}'`;
  const session = contract.session === 'none' ? '' : ' --session 6100000demo';
  return `piaoquan call ${contract.name}${parameters}${session}`;
}

const section = (title: string, lines: readonly string[]): string => `${title}\n${lines.join('') || '  -\n'}`;

/** The fields of an object, each with what is below it. */
function fieldLines(schema: TSchema, language: Language, depth: number, request: boolean): string[] {
  return fieldsOf(schema).flatMap((field) => {
    const indent = '  '.repeat(depth);
    const facts = [field.note.type, ...factsOf(field, LABELS[language], request)].join(LABELS[language].comma);
    const values = Object.entries(field.note.values ?? {}).map(([value, words]) => [
      `${indent}      ${value}`,
      words[language],
    ]);
    const inner = kindOf(field.schema) === 'array' ? itemOf(field.schema) : field.schema;
    const below = kindOf(inner) === 'object' ? fieldLines(inner, language, depth + 2, request) : [];
    return [
      `${indent}${field.name}  ${facts}\n${indent}    ${field.note.meaning[language]}\n`,
      table(values),
      ...below,
    ];
  });
}

function factsOf({ schema, note, required }: Field, labels: Labels, request: boolean): string[] {
  const need = required || note.missing !== undefined ? labels.required : labels.optional;
  const missing = note.missing === undefined ? need : `${need} (${note.missing})`;
  const example = note.example ?? (kindOf(schema) === 'array' ? fieldNote(itemOf(schema)).example : undefined);
  return [
    ...(request ? [missing, ...limitsOf(schema, labels), ...(note.setting ? [labels.setting] : [])] : []),
    ...(request || required ? [] : [labels.optional]),
    ...(note.date === undefined ? [] : [`${note.date} GMT+8`]),
    ...(example === undefined ? [] : [`${labels.example}${example}`]),
  ];
}

/** The limits of a request field, where they are not the usual ones of its kind. */
function limitsOf(schema: TSchema, labels: Labels): string[] {
  const { maxLength, maxItems, minimum, maximum } = schema as Record<string, number | undefined>;
  const least = minimum === undefined || minimum === Number.MIN_SAFE_INTEGER ? undefined : String(minimum);
  const most = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? undefined : String(maximum);
  const limits: string[] = [];
  if (maxLength !== undefined && maxLength !== DEFAULT_MAX_LENGTH) limits.push(labels.upTo(maxLength));
  if (maxItems !== undefined && maxItems !== DEFAULT_MAX_ITEMS) limits.push(labels.items(maxItems));
  if (least !== undefined && most !== undefined) limits.push(labels.range(least, most));
  else if (least !== undefined) limits.push(labels.from(least));
  else if (most !== undefined) limits.push(labels.to(most));
  return limits;
}
