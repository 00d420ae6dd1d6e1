import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mask } from './masks.ts';
import {
  keptText,
  maskPhone,
  maskText,
  personOf,
  phoneOf,
  plainPhone,
  shownId,
  shownUser,
  storedUser,
} from './personal.ts';
import { createVault } from './vault.ts';

const vault = createVault(Buffer.alloc(32, 1));

/** Ways of writing 13800005678. */
const SPELLED = [
  '13800005678',
  '+8613800005678',
  '+86 138 0000 5678',
  '+86 138-0000-5678',
  '008613800005678',
  '0086 138 0000 5678',
  '8613800005678',
  '86-13800005678',
  '(+86)13800005678',
  '+86 (0)138 0000 5678',
  '086 138 0000 5678',
  '+0086 138 0000 5678',
  '+86+13800005678',
  '138/0000/5678',
  '138_0000_5678',
  '013800005678',
  '138-0000-5678',
  '138.0000.5678',
  '138 0000 5678',
  '138—0000—5678',
  '138·0000·5678',
  ' 13800005678\t',
  '１３８００００５６７８',
  '＋８６　１３８－００００－５６７８',
  '١٣٨٠٠٠٠٥٦٧٨',
  '१३८००००५६७८',
  '𝟏𝟑𝟖𝟎𝟎𝟎𝟎𝟓𝟔𝟕𝟖',
  '138\u200b0000\u200d5678',
  '\ufeff13800005678',
  '\u202d13800005678\u202c',
  '138\u00ad0000\u2060 5678',
  '1️⃣3800005678',
  'tel:+86-138-0000-5678',
];

describe.each(SPELLED)('the number written %j', (spelled) => {
  test('is the one number', () => {
    expect([phoneOf(spelled), plainPhone(spelled), personOf(spelled)]).toEqual(Array(3).fill('13800005678'));
  });

  test('is kept as the one text, and shown as the one mask', () => {
    const stored = storedUser(vault, spelled);
    expect(stored).toMatch(/^138\*{4}5678#[\w-]{43}$/);
    expect(stored).toBe(storedUser(vault, '13800005678'));
    expect([shownUser(stored), shownId(spelled), maskPhone(spelled), mask(personOf(spelled))]).toEqual(
      Array(4).fill('138****5678'),
    );
    expect(maskText(`call ${spelled} now`)).not.toMatch(/\p{Nd}{3}/u);
    expect(keptText(`用户 ${spelled} 误扫`)).toMatch(/^用户 .*138\*{4}5678\s*误扫$/u);
    expect(keptText(`${spelled} ${spelled}`)).not.toMatch(/\p{Nd}{5}/u);
  });
});

test('of a free text nothing is changed but the phone numbers in it', () => {
  const others = '订单 2000000001 的 3 张票，退款单 r-20260101-1，ＡＢＣ';
  expect(keptText(others)).toBe(others);
  expect(keptText('13800005678 and +852 9123 4567 gave 13900001111 for order 2000000001')).toBe(
    '138****5678 and +85****4567 gave 139****1111 for order 2000000001',
  );
});

test('a number of another country is known by its code alone', () => {
  for (const spelled of ['+1 (415) 555-2671', '0014155552671', '＋１４１５５５５２６７１'])
    expect(phoneOf(spelled)).toBe('+14155552671');
  expect(phoneOf('+852 9123 4567')).toBe('+85291234567');
  expect(phoneOf('+86 10 1234 5678')).toBe('+861012345678');
  expect(shownUser(storedUser(vault, '+852 9123 4567'))).toBe('+85****4567');
});

test('what is no phone number is an id as it is, but for blanks around it', () => {
  for (const id of [
    'AAHbqNnmACSqk_rfpVTc9e3T',
    '5775654',
    '10000000001',
    '2088138000056781234',
    '010-12345678',
    '138',
    '用户',
  ])
    expect([phoneOf(id), personOf(` ${id}\u200b`), storedUser(vault, id), shownId(id)]).toEqual([
      undefined,
      id,
      id,
      id,
    ]);
  expect(storedUser(vault, '138000056789')).toBe('138000056789');
  expect(personOf(' ')).toBe(' ');
  expect([plainPhone('010-1234 5678'), plainPhone(' not a phone')]).toEqual(['01012345678', 'not a phone']);
});

test('an id that holds a phone number is another person, and yet is not kept in the clear', () => {
  const ids = [
    'wx_13800005678',
    '13800005678@example.com',
    '手机 +86 138-0000-5678',
    'u:１３８００００５６７８',
    'call +14155552671',
  ];
  const stored = ids.map((id) => storedUser(vault, id));
  expect(new Set([...stored, storedUser(vault, '13800005678')]).size).toBe(ids.length + 1);
  for (const [index, each] of stored.entries()) {
    expect(each.normalize('NFKC')).not.toMatch(/138.?0000|4155552/);
    expect(each.length).toBeLessThanOrEqual(128);
    expect(shownUser(each)).toBe(shownId(ids[index] as string));
  }
});

test('nobody is taken for another by an id that is written like what is kept', () => {
  const stored = storedUser(vault, '13800005678');
  expect(storedUser(vault, stored)).not.toBe(stored);
});

test('whatever an id is, it is kept as one text that fits, and stays the same person when it is given as compared', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), (id) => {
      const stored = storedUser(vault, id);
      expect(stored).toBe(storedUser(vault, personOf(id)));
      expect([stored.length > 0, stored.length <= 128]).toEqual([true, true]);
    }),
  );
});

test('a mask shows the ends of a long text only, and the first character of a short one', () => {
  expect([mask('13812345678'), mask('1234567'), mask('1234567890'), mask('😀1')]).toEqual([
    '138****5678',
    '1****',
    '1****',
    '😀****',
  ]);
  expect([maskPhone('12345'), maskPhone('010-12345678')]).toEqual(['****45', '010****5678']);
});

test('a text of blanks and digits as long as may be is read at once', () => {
  for (const text of [
    `1${' '.repeat(100_000)}`,
    '1 '.repeat(50_000),
    '86 '.repeat(40_000),
    `+${'-'.repeat(100_000)}`,
    '13'.repeat(50_000),
  ]) {
    const begin = performance.now();
    for (const read of [phoneOf, plainPhone, shownId, maskText]) read(text);
    expect(performance.now() - begin).toBeLessThan(5000);
  }
});
