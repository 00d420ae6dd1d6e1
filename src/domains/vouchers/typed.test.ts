import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../../../test/harness/server.ts';
import { voucherCalls, voucherFindings } from '../../../test/harness/vouchers.ts';
import { CLEAR_ALPHABET } from './series.ts';
import { codeMeant, foldTyped, spellingsOf } from './typed.ts';

let server: TestServer;
let vouchers: ReturnType<typeof voucherCalls>;
beforeAll(async () => {
  server = await startTestServer();
  vouchers = voucherCalls(server);
});
afterAll(async () => {
  expect(await voucherFindings(server.database.sql)).toEqual([]);
  await server.close();
});

const wide = (text: string) =>
  text.replace(/[!-~]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0));
const grouped = (text: string, by: string) => text.match(/.{1,4}/g)!.join(by);

describe('the code meant by a typed text', () => {
  const plain = { pattern: '############', alphabet: CLEAR_ALPHABET, check: false };
  const CODE = '23AB45CD67EF';

  test('is found in small letters, full-width ones, with blanks of any kind and with hyphens', () => {
    for (const typed of [
      CODE,
      CODE.toLowerCase(),
      ` ${CODE}\t`,
      `\u3000${CODE}\u00a0\u200b\ufeff`,
      `${CODE}\r\n`,
      grouped(CODE, ' '),
      grouped(CODE, '-').toLowerCase(),
      grouped(CODE, '—'),
      grouped(CODE, '‑'),
      grouped(CODE, 'ー'),
      wide(CODE),
      wide(grouped(CODE.toLowerCase(), '-')),
    ])
      expect(codeMeant(plain, typed)).toBe(CODE);
  });

  test('is none when something else was typed', () => {
    for (const typed of [
      '',
      ' ',
      CODE.slice(1),
      `${CODE}2`,
      `0${CODE.slice(1)}`,
      `${CODE}。`,
      '券'.repeat(12),
      '#'.repeat(12),
    ])
      expect(codeMeant(plain, typed)).toBeUndefined();
  });

  test('keeps the hyphens of a form that has some, and its fixed letters in either case', () => {
    const form = { pattern: 'Tpp-####_#', alphabet: '0123456789', check: false };
    expect(codeMeant(form, ' tPP-1234_5')).toBe('Tpp-1234_5');
    expect(codeMeant(form, 'TPP－１２３４＿５')).toBe('Tpp-1234_5');
    for (const other of ['Tpp1234_5', 'T-pp1234_5', 'Tpp-12-34_5']) expect(codeMeant(form, other)).toBeUndefined();
  });

  test('keeps capitals apart where the alphabet has both, and changes them where it has one', () => {
    const form = { pattern: '####', alphabet: 'aAbCdEfGhJ', check: false };
    expect(codeMeant(form, 'aABc')).toBe('aAbC');
    expect(codeMeant(form, 'AaBC')).toBe('AabC');
  });

  test('of codes made elsewhere may be spelled in steps, each text once', () => {
    expect(spellingsOf(' own-0001')).toEqual([['own-0001'], ['OWN-0001'], ['own0001'], ['OWN0001']]);
    expect(spellingsOf('12345678')).toEqual([['12345678'], [], [], []]);
    expect(foldTyped('ＯＷＮ＿１')).toBe('OWN_1');
  });
});

type Results = { results: { code: string; result: string }[] };
const act = (kind: string, mix_id: string, codes: string[], more: object = {}) =>
  vouchers.ok<Results>(`piaoquan.voucher.code.${kind}`, { mix_id, codes, unique_id: `${kind}${codes}`, ...more });
const words = ({ results }: Results) => results.map(({ result }) => result);
const guesses = async () => {
  const [row] = await server.database.sql<{ wrong: number }[]>`
    select coalesce(sum(wrong), 0)::integer as wrong from voucher_guess`;
  return row!.wrong;
};

test('codes that people type are bound, redeemed, shown, explained and searched, and none counts as a guess', async () => {
  const mix_id = 'typed_made';
  const [one, two, three] = await vouchers.madeBatch(mix_id, 3);
  const user_id = 'u1';
  expect(words(await act('bind', mix_id, [` ${one!.toLowerCase()} `, wide(two!)], { user_id }))).toEqual(['OK', 'OK']);
  const consumed = await act('consume', mix_id, [`${one!.slice(0, 6)} ${one!.slice(6)}`.toLowerCase()], { user_id });
  expect(consumed.results).toMatchObject([{ code: expect.stringContaining(' '), result: 'OK' }]);
  expect(words(await act('consume.reverse', mix_id, [one!.toLowerCase()]))).toEqual(['OK']);
  const got = { mix_id, code: `\u3000${one!.toLowerCase()}`, user_id };
  const { code_info } = await vouchers.ok<{ code_info: object }>('piaoquan.voucher.code.get', got);
  expect(code_info).toMatchObject({ code: one, code_status: 0 });
  type Search = { codes: { mix_id: string; code_masked: string }[] };
  const { codes } = await vouchers.ok<Search>('piaoquan.voucher.code.search', { code: wide(three!.toLowerCase()) });
  expect(codes).toMatchObject([{ mix_id, code_masked: `****${three!.slice(-3)}` }]);
  type Verdict = { rules: { rule: string; passed: boolean }[] };
  const why = { mix_id, user_id: 'u2', code: three!.toLowerCase() };
  const { rules } = await vouchers.ok<Verdict>('piaoquan.voucher.bind.explain', why);
  expect(rules.find(({ rule }) => rule === 'code')).toMatchObject({ passed: true });
  expect(words(await act('void', mix_id, [`${three!.toLowerCase()}\n`]))).toEqual(['OK']);
  expect(await guesses()).toBe(0);
});

test('codes made elsewhere are found as they are spelled first, and where two may be meant neither is', async () => {
  const mix_id = 'typed_own';
  await vouchers.saveBatch(mix_id);
  const csv = ['OWN-0001', 'own-0001', 'ABCD1234', 'lower_5', 'MiXeD-6', 'A-B1', 'AB1X', 'AB-1X'].join('\n');
  await vouchers.ok('piaoquan.voucher.batch.import', { mix_id, import_id: 'i', csv });
  const before = await guesses();
  const asked = ['own-0001', ' OWN-0001', 'abcd-1234', 'ＬＯＷＥＲ＿５', ' MiXeD-6 ', 'ab1x', 'A-B1'];
  expect(words(await act('consume', mix_id, asked))).toEqual(Array(asked.length).fill('OK'));
  const { sql } = server.database;
  const left = await sql`select sequence from voucher_code where mix_id = ${mix_id} and code_status = 0`;
  expect(left.map(({ sequence }) => sequence)).toEqual([8]);
  expect(await guesses()).toBe(before);
  expect(words(await act('consume', mix_id, ['Own-0001', 'mixed-6', 'NONE-1']))).toEqual(Array(3).fill('NOT_FOUND'));
  expect(await guesses()).toBe(before + 3);
});
