import { expect, test } from 'vitest';
import { partsOf } from '../../../sdk/csv-file.ts';
import { readCsv } from './csv.ts';

/** What a file reads as: codes, problems by line, or the headings among which the column is to be named. */
async function read(csv: string, column?: string) {
  const part = await readCsv(csv, undefined, column);
  if ('unclear' in part) return { unclear: part.unclear };
  const codes = part.lines.flatMap((each) => ('code' in each ? [each.code] : []));
  const problems = part.lines.flatMap((each) => ('problem' in each ? [[each.line, each.problem]] : []));
  return { codes, ...(problems.length > 0 && { problems }) };
}

const CODES = { codes: ['AAAA1111', 'BBBB2222'] };

test.each([
  ['code first', 'code,remark\nAAAA1111,one\nBBBB2222,two\n'],
  ['code last', 'no,name,coupon_code\n1,Wang,AAAA1111\n2,Chaoyang,BBBB2222'],
  ['Chinese heading', '序号,券码,备注\r\n1001,AAAA1111,一\r\n1002,BBBB2222,二\r\n'],
  ['兑换码 among serial numbers', '序列号;兑换码\n10000001;AAAA1111\n10000002;BBBB2222'],
  ['heading with brackets and case', 'Serial No.\tVoucher Code (required)\n10000001\tAAAA1111\n10000002\tBBBB2222'],
  ['bars', 'id|ＣＯＤＥ\n1|AAAA1111\n2|BBBB2222'],
  ['our own export', 'code,code_status,bind_status,gmt_modified\nAAAA1111,0,-1,x\nBBBB2222,0,-1,x\n'],
  ['a vague heading beside a clear one', 'voucher,code\nSpring2026,AAAA1111\nSummer2026,BBBB2222'],
  ['only a vague heading', 'name,voucher\nSpring2026,AAAA1111\nSummer2026,BBBB2222'],
  ['no heading, one column', 'AAAA1111\nBBBB2222'],
  ['no heading, empty columns', 'AAAA1111,,\nBBBB2222,,\n,,\n'],
  ['sep= of Excel', 'sep=;\r\ncode;remark\r\nAAAA1111;a,b\r\nBBBB2222;\r\n'],
  ['a line end of old', 'code,x\rAAAA1111,1\rBBBB2222,2\r'],
  ['empty lines at the end and between', 'code\n\nAAAA1111\n \nBBBB2222\n\n\n'],
  [
    'an address over lines',
    'address,code\n"Room 5\nCHAOYANG1\nBeijing",AAAA1111\n"x ""y"", z\r\nHAIDIAN22",BBBB2222\n',
  ],
  ['a quote within a field', 'code,remark\nAAAA1111,5" disk\nBBBB2222,say "hi"\n'],
  ['blanks around', ' code , remark\n  AAAA1111 , x\n "BBBB2222" , y\n'],
  ['columns that a spreadsheet left out', 'code,remark,by\nAAAA1111\nBBBB2222,x'],
  ['more than the heading behind the code', 'code,address\nAAAA1111,Room 5, Floor 2\nBBBB2222,x'],
])('codes are found whatever stands around them: %s', async (_what, csv) => {
  expect(await read(csv)).toEqual(CODES);
});

test('what spreadsheets write so that a code stays a text is taken off', async () => {
  expect(await read('code,x\n="0012",1\n"=""00034""",2\n\'0056,3\n\'-AB1,4')).toEqual({
    codes: ['0012', '00034', '0056', '-AB1'],
  });
});

test.each([
  ['two columns and no heading', '10000001,AAAA1111\n10000002,BBBB2222', ['10000001', 'AAAA1111']],
  ['serial numbers alone', '序列号\n10000001\n10000002', ['序列号']],
  ['two headings of codes', '券码,兑换码\nAAAA1111,BBBB2222', ['券码', '兑换码']],
  ['card number and its secret', '卡号,卡密\n10000001,AAAA1111', ['卡号', '卡密']],
  ['no heading of codes', 'id,name\n1001,Wang5', ['id', 'name']],
  ['headings of another language', 'Nummer,Gutschein\n1001,AAAA1111', ['Nummer', 'Gutschein']],
])('the column is asked for: %s', async (_what, csv, unclear) => {
  expect(await read(csv)).toEqual({ unclear });
});

test('the column is named by heading or number', async () => {
  const csv = 'Nummer,Gutschein\n10000001,AAAA1111\n10000002,BBBB2222';
  expect(await read(csv, 'gutschein')).toEqual(CODES);
  expect(await read('序列号,客户码\n10000001,AAAA1111\n10000002,BBBB2222', '2')).toEqual(CODES);
  expect(await read('10000001;AAAA1111\n10000002;BBBB2222', '2')).toEqual(CODES);
  expect(await read('券码,兑换码\n10000001,AAAA1111\n10000002,BBBB2222', '兑换码')).toEqual(CODES);
  expect(await read(csv, 'Wert')).toEqual({ unclear: ['Nummer', 'Gutschein'] });
  expect(await read(csv, '3')).toEqual({ unclear: ['Nummer', 'Gutschein'] });
});

test('nothing that is no code becomes one, and each such line has its reason', async () => {
  const csv = [
    'name,code,remark',
    'Wang,AAAA1111,ok',
    'Li, Lisa,CCCC3333,moved by a comma',
    'Zhao,4.0E+12,damaged',
    'Qian,,nothing',
    'Beijing,Chaoyang',
    'CHAOYANG5',
    'Sun,AB,short',
    'Zhou,有码,other',
    ',,',
    'Wu,BBBB2222,ok',
  ].join('\n');
  expect(await read(csv)).toEqual({
    ...CODES,
    problems: [
      [3, 'BAD_COLUMNS'],
      [4, 'SCIENTIFIC'],
      [5, 'NO_CODE'],
      [6, 'BAD_COLUMNS'],
      [7, 'NO_CODE'],
      [8, 'BAD_LENGTH'],
      [9, 'BAD_CHARACTERS'],
    ],
  });
  expect(await read('coupons2026\nAAAA1111\nBBBB2222')).toEqual({ codes: ['coupons2026', ...CODES.codes] });
  expect(await read('Gutscheine\nAAAA1111\nBBBB2222')).toEqual({ ...CODES, problems: [[1, 'HEADING']] });
  expect(await read('AAAA1111\nBBBB2222,CCCC3333')).toEqual({ unclear: ['AAAA1111'] });
});

test('a heading may stand below a title, and none is a code wherever it stands', async () => {
  const titles = [
    ['春节档\n\ncode\nAAAA1111\nBBBB2222', 1],
    ['Report of 1 December\nbatch,spring\ncode,status\nAAAA1111,new\nBBBB2222,new', 2],
    ['导出时间：2026-12-01;;\n状态;券码;备注\n新;AAAA1111;\n新;BBBB2222;', 1],
  ] as const;
  for (const [csv, lines] of titles) {
    const problems = Array.from({ length: lines }, (_, index) => [index + 1, 'HEADING']);
    expect(await read(csv)).toEqual({ ...CODES, problems });
  }
  expect(await read('Liste\nNummer,Gutschein\n1001,AAAA1111\n1002,BBBB2222', 'gutschein')).toEqual({
    ...CODES,
    problems: [[1, 'HEADING']],
  });
  const together = [
    ['code,x\nAAAA1111,1\nCoupon-Code,x\nBBBB2222,2', 3],
    ['AAAA1111\ncoupon_code\nBBBB2222', 2],
    ['code\nAAAA1111\nBBBB2222\nSTATUS', 4],
  ] as const;
  for (const [csv, line] of together) expect(await read(csv)).toEqual({ ...CODES, problems: [[line, 'HEADING']] });
});

test('what programs write for nothing is no code', async () => {
  const problems = [2, 3, 5].map((line) => [line, 'NO_CODE']);
  expect(await read('code\nNULL\nNone\nAAAA1111\nundefined\nBBBB2222')).toEqual({ ...CODES, problems });
});

test('behind quotes that are never closed, or closed within a field, nothing is a code, in later parts too', async () => {
  const part = await readCsv('code,address\nAAAA1111,x\nBBBB2222,"Room 5\nCHAOYANG1\nH1\n', undefined);
  if ('unclear' in part) throw new Error('the column is clear');
  expect(part.lines).toEqual([
    { line: 2, code: 'AAAA1111' },
    { line: 3, problem: 'BAD_QUOTES' },
    { line: 4, problem: 'BEHIND_QUOTES' },
    { line: 5, problem: 'BAD_LENGTH' },
  ]);
  expect(await readCsv('HAIDIAN22\nCCCC3333,x', part.layout)).toMatchObject({
    lines: [
      { line: 1, problem: 'BEHIND_QUOTES' },
      { line: 2, problem: 'BEHIND_QUOTES' },
    ],
  });
  expect(await read('code,a\nAAAA1111,"x" y\nBBBB2222,z')).toEqual({
    codes: [],
    problems: [
      [2, 'BAD_QUOTES'],
      [3, 'BEHIND_QUOTES'],
    ],
  });
});

const text = '券码,备注\r\nAAAA1111,春节档\r\nBBBB2222,立减券\r\n';
const utf16 = (bom: boolean, big: boolean): Uint8Array => {
  const bytes = Buffer.from((bom ? '\ufeff' : '') + text, 'utf16le');
  return big ? bytes.swap16() : bytes;
};
// What iconv makes of it.
const gbk = Buffer.from(
  'c8afc2eb2cb1b8d7a20d0a41414141313131312cb4babdda\u0020b5b50d0a'.replace('\u0020', '') +
    '42424242323232322cc1a2bcf5c8af0d0a',
  'hex',
);

test.each([
  ['UTF-8', Buffer.from(text)],
  ['UTF-8 with its mark', Buffer.from(`\ufeff${text}`)],
  ['UTF-16LE with its mark', utf16(true, false)],
  ['UTF-16BE with its mark', utf16(true, true)],
  ['UTF-16LE without', utf16(false, false)],
  ['UTF-16BE without', utf16(false, true)],
  ['GBK', gbk],
])('a file is read in the encoding it has: %s', async (_what, bytes) => {
  for (const size of [16, 100_000]) {
    const parts = await Array.fromAsync(partsOf(new Blob([new Uint8Array(bytes)]), size));
    expect(parts.map(({ csv }) => csv).join('')).toBe(text);
  }
  expect(await read(text)).toEqual(CODES);
});

test('a line end within quotes ends no part, and the rest of a line that is too long is no line', async () => {
  const csv = 'code,a\nAAAA1111,"x\ny ""z""\nCHAOYANG1"\nBBBB2222,1\n';
  for (let size = 4; size < csv.length; size++) {
    const parts = await Array.fromAsync(partsOf(new Blob([csv]), Math.max(size, 20)));
    expect(parts.map((part) => part.csv).join('')).toBe(csv);
    for (const part of parts) expect(part.csv.split('"').length % 2).toBe(1);
  }
  const long = `code,a\nAAAA1111,${'x'.repeat(500)}CCCC3333\nBBBB2222,1\n`;
  const parts = await Array.fromAsync(partsOf(new Blob([long]), 40));
  const lines = parts
    .map((part) => part.csv)
    .join('')
    .split('\n');
  expect(lines.map((line) => line.split(',')[0])).toEqual(['code', 'AAAA1111', 'BBBB2222', '']);
});

test.each([',', ';', '"', '\n', '\r', '|', '\t', ' ', '=', '"\n', '""\n', '"a","\n', 'a"\n'])(
  'a megabyte of %j takes its length of time',
  async (unit) => {
    const timed = async (length: number): Promise<number> => {
      const begun = performance.now();
      await readCsv(unit.repeat(length / unit.length), undefined, '1');
      return performance.now() - begun;
    };
    await timed(100_000);
    const [small, large] = [await timed(100_000), await timed(1_000_000)];
    expect(large).toBeLessThan(60 * Math.max(small, 10));
  },
);
