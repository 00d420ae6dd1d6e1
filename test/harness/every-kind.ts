import { method } from '../../src/contract/method.ts';
import { bool, date, dateText, integer, json, list, optional, struct, text } from '../../src/contract/schema.ts';

const words = { zh: '测试', en: 'for tests' };

const inner = struct('InnerInfoDTO', words, {
  name: text(words),
  count: optional(integer(words)),
  at: optional(date(words)),
  minute: optional(dateText(words, 'yyyy-MM-dd HH:mm')),
  tags: optional(list(text(words), words)),
  rest: optional(json(words)),
});

const fields = {
  name: text(words, { maxLength: 200 }),
  note: optional(text(words)),
  kind: optional(text(words, { values: { A: words, 'B,C': words } })),
  level: optional(integer(words, { values: { '-1': words, '0': words, '2': words } })),
  count: integer(words),
  few: optional(integer(words, { minimum: 1, maximum: 3 })),
  yes: bool(words),
  at: date(words),
  minute: optional(dateText(words, 'yyyy-MM-dd HH:mm')),
  rest: optional(json(words)),
  names: optional(list(text(words), words)),
  numbers: optional(list(integer(words), words, { maxItems: 3 })),
  flags: optional(list(bool(words), words)),
  dates: optional(list(date(words), words)),
  inner: optional(inner),
  inners: optional(list(inner, words)),
};

/** A method of no family with a field of every kind that the contract's vocabulary has, for tests of the wire. */
export const everyKind = method({
  name: 'taobao.test.every.kind',
  category: 'platform',
  title: words,
  purpose: words,
  package: 'test',
  session: 'none',
  kind: 'read',
  request: fields,
  response: fields,
});
