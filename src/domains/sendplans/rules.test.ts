import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TopError } from '../../contract/errors.ts';
import { mask } from '../../secrets/masks.ts';
import { plainPhone } from '../../secrets/personal.ts';
import { isOpen, type PlanItem, purchaseItemInfo, readReceiver, readUserInfo, receiveRule, userKeys } from './rules.ts';

const item = fc.record<PlanItem>({
  id: fc.maxSafeNat(),
  name: fc.string({ unit: 'grapheme' }),
  weight: fc.nat(),
  total_inventory: fc.option(fc.nat()),
  consumed_inventory: fc.nat(),
  consume_inventory: fc.option(fc.integer({ min: 1, max: 100 })),
});

test('any items become JSON that gives them back, without the keys that have no value', () => {
  fc.assert(
    fc.property(fc.array(item), (items) => {
      const parsed = JSON.parse(purchaseItemInfo(items)) as Record<string, unknown>[];
      expect(parsed.map(({ id, name, weight }) => ({ id, name, weight }))).toEqual(
        items.map(({ id, name, weight }) => ({ id, name, weight })),
      );
      for (const [index, each] of parsed.entries()) {
        const { total_inventory, consumed_inventory, consume_inventory } = items[index]!;
        expect('consumeInventory' in each).toBe(consume_inventory !== null);
        expect(each.consumeInventory ?? null).toBe(consume_inventory);
        expect(each.itemTotalInventory ?? null).toBe(total_inventory);
        expect(each.itemConsumeInventory ?? null).toBe(total_inventory === null ? null : consumed_inventory);
      }
    }),
  );
});

test('keys of an item stand in the order of the documented sample', () => {
  fc.assert(
    fc.property(item, (each) => {
      const keys = Object.keys(JSON.parse(purchaseItemInfo([each]))[0]);
      expect(keys).toEqual([...keys].sort());
    }),
  );
});

test('a rule without a limit is an empty object', () => {
  expect([receiveRule(null), receiveRule(3)]).toEqual(['{}', '{"countLimit":3}']);
});

test('a plan is open from its first instant to the end of its last second', () => {
  const plan = { start_time: new Date(1000), end_time: new Date(2000) };
  expect([999, 1000, 2999, 3000].map((instant) => isOpen(plan, new Date(instant)))).toEqual([false, true, true, false]);
});

const withoutLongNumbers = fc.jsonValue().filter((value) => !/\d{16}/.test(JSON.stringify(value)));

test('user information is any JSON object; anything else is refused by the name of its field', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), withoutLongNumbers), (info) => {
      expect(readUserInfo(JSON.stringify(info))).toEqual(JSON.parse(JSON.stringify(info)));
    }),
  );
  for (const text of ['', '[]', 'null', '1', '"{}"', '{', '{"userId":}']) {
    const refusal = (() => {
      try {
        return readUserInfo(text);
      } catch (error) {
        return error;
      }
    })();
    expect(refusal).toBeInstanceOf(TopError);
    expect((refusal as TopError).body).toMatchObject({ code: 41, msg: 'Invalid arguments:param0.isv_user_info_map' });
  }
});

test('ids longer than a double holds stay apart, and a number is the same user as its digits', () => {
  const userOf = (text: string) => userKeys(1, readReceiver(text))[0];
  expect(userOf('{"userId":90071992547409931}')).not.toBe(userOf('{"userId":90071992547409932}'));
  expect(userOf('{"userId":7}')).toBe(userOf('{"userId":"7"}'));
});

test('a user is told by its userId, else by its phone in any spelling, within its partner', () => {
  const userOf = (text: string, isv_id = 1) => userKeys(isv_id, readReceiver(text))[0];
  expect(userOf('{"userId":"a","phone":"13812345678"}')).toBe(userOf('{"userId":"a"}'));
  for (const phone of ['138-1234-5678', '+86 138 1234 5678', '008613812345678', '8613812345678'])
    expect(userOf(JSON.stringify({ phone }))).toBe(userOf('{"phone":"13812345678"}'));
  expect(userOf('{"userId":"13812345678"}')).not.toBe(userOf('{"phone":"13812345678"}'));
  expect(userOf('{"userId":"a"}', 2)).not.toBe(userOf('{"userId":"a"}'));
  for (const nobody of ['{}', '{"userId":"","phone":null}', '{"userid":"a"}']) expect(userOf(nobody)).toBeUndefined();
});

test.each([
  '{"userId":true}',
  '{"userId":{}}',
  '{"userId":"\\u0000"}',
  '{"userId":"\\ud800"}',
  `{"userId":"${'x'.repeat(129)}"}`,
])('a userId that is no text is refused by its name: %s', (text) => {
  expect(() => readReceiver(text)).toThrow(
    expect.objectContaining({
      body: expect.objectContaining({ code: 41, msg: 'Invalid arguments:param0.isv_user_info_map.userId' }),
    }),
  );
});

test('a phone keeps three digits in front and four at the end, and other texts stay as they are spelled', () => {
  expect([mask('13812345678'), mask('1234567'), plainPhone('not a phone')]).toEqual([
    '138****5678',
    '1****',
    'not a phone',
  ]);
});
