import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findJsonFault } from './json-fault.ts';

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** Texts that are JSON, or nearly. */
const nearlyJson = fc
  .tuple(
    fc.json(),
    fc.nat(),
    fc.nat({ max: 2 }),
    fc.constantFrom('', ',', '"', '}', ']', ':', '\\', '0', '-', '.', 'e', '\n', 'n', '\t', "'", '\\u12'),
  )
  .map(([text, place, gone, put]) => {
    const at = place % (text.length + 1);
    return text.slice(0, at) + put + text.slice(at + gone);
  });

test('a fault is found in a text exactly when it is no JSON', () => {
  fc.assert(
    fc.property(fc.oneof(nearlyJson, fc.json(), fc.string({ unit: 'binary' })), (text) => {
      expect(findJsonFault(text) === undefined).toBe(isJson(text));
    }),
    { numRuns: 5000 },
  );
});

test('what stands before the place of a fault could go on as JSON, with its character it could not', () => {
  const endings = ['', '"', '1', '"":1}', '}', ']', 'null', ':1}', '"x":1}', 'rue', 'alse', 'ull', '0'];
  const canGoOn = (text: string): boolean => {
    for (const first of endings)
      for (const closing of ['', '}', ']', '"}', '"]', ':1}']) if (isJson(text + first + closing)) return true;
    return false;
  };
  for (const text of ['{"a":1,}', '[1 2]', '{"a" 1}', '["a\nb"]', '[01]', '{a:1}', '[1', '{"a":"b', '[1]]']) {
    const at = findJsonFault(text)?.offset as number;
    if (at < text.length) expect(canGoOn(text.slice(0, at + 1)), text).toBe(false);
  }
});

test.each([
  ['', 1, 1, '到此中断', '→'],
  ['{"a":1', 1, 7, '应为逗号或 }', '{"a":1→'],
  ['{"a":1,}', 1, 8, '应为双引号中的名称', '{"a":1, →}'],
  ['{"a":1,\n"b":x}', 2, 5, '文本须加双引号', '{"a":1, "b":→x'],
  ["{'a':1}", 1, 2, '半角双引号', "{→'"],
  ['{"a"：1}', 1, 5, '半角标点', '{"a"→：'],
  ['{"a":"x\ny"}', 1, 8, '控制字符', '{"a":"…→U+000A'],
  ['{"a":"\\x"}', 1, 7, '反斜杠', '{"a":"…→\\'],
  ['[1]x', 1, 4, '已结束', '[1]→x'],
  ['[01]', 1, 3, '数字', '[→1'],
  ['{"token":"s3cret","phone":13812345678,"x"}', 1, 42, '冒号', '…:"…", "phone":…, "x"→}'],
  ['{"token":"s3cret', 1, 17, '缺少结束的双引号', '{"token":"…→'],
  ['{"token":s3cret}', 1, 10, '文本须加双引号', '{"token":→s'],
])('%j breaks at line %i, column %i', (text, line, column, why, shown) => {
  const fault = findJsonFault(text);
  expect(fault).toMatchObject({ line, column, shown });
  expect(fault?.why).toContain(why);
});

test('a text of any length and depth is looked through in bounded memory, and little of it is shown', () => {
  for (const text of [
    '['.repeat(1_000_000),
    `"${'x'.repeat(1_000_000)}`,
    `{"${'n'.repeat(1_000_000)}":1`,
    '{"a":'.repeat(200_000),
  ])
    expect(findJsonFault(text)?.shown.length).toBeLessThan(300);
});
