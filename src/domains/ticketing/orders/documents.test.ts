import { expect, test } from 'vitest';
import { A, goods, NOON, putOn, useBoxOffice } from '../../../../test/harness/ticketing.ts';
import { ticketingExplainHandlers } from '../explain/handlers.ts';
import { documentFault, plainBearer, plainCard } from './documents.ts';

const office = await useBoxOffice();
const explain = ticketingExplainHandlers(office)['piaoquan.ticketing.order.explain'];

const BLANKS = [
  '',
  ' ',
  '\t\n',
  '\u00a0',
  '\u3000',
  '\u2003',
  '\u200b',
  '\u2060',
  '\ufeff',
  '\u00ad',
  '\u115f',
  '\u3164',
  '\uffa0',
  '\u2800',
  '\ufe0f',
  '\u034f',
  '\u202e',
  '－—–-',
  '（）()',
  '\u0000',
];

test('a document of blanks, in any width and seen or not, is none, and neither is an attendee id', () => {
  for (const blank of BLANKS) expect(plainCard(blank), JSON.stringify(blank)).toBe('');
  for (const blank of BLANKS.slice(0, -3)) expect(plainBearer(blank), JSON.stringify(blank)).toBe('');
});

const fault = (card: string, kind = 1, now = NOON) => documentFault(plainCard(card), kind, now)?.zh;

test('an identity card has 18 digits, a region, a day of birth that was, and a check digit that fits', () => {
  // 11010519491231002X is the example of GB 11643 itself.
  for (const good of [
    '110101199003070011',
    '11010119900307002x',
    '110101 1990-0307 002Ｘ',
    '１１０１０５１９４９１２３１００２Ｘ',
  ])
    expect(fault(good), good).toBeUndefined();
  // Every digit counts: none of a good number can be another one.
  const good = '110101199003070011';
  for (let place = 0; place < 18; place++)
    for (const digit of '0123456789X') {
      const other = good.slice(0, place) + digit + good.slice(place + 1);
      if (other !== good) expect(fault(other), other).toBeDefined();
    }
  expect(fault('11010119900307001')).toContain('18 位');
  expect(fault('1101011990030700110')).toContain('18 位');
  expect(fault('110101900307001')).toContain('15 位');
  expect(fault('000000199003070011')).toContain('地区');
  for (const day of ['19900230', '19901301', '18991231', '20260302', '20250229'])
    expect(fault(`110101${day}0011`), day).toContain('出生日期');
  expect(fault('١١٠١٠١١٩٩٠٠٣٠٧٠٠١١')).toBeDefined();
  expect(fault('张三')).toContain('18 位');
});

/** A number with the check digit that it wants. */
function checked(first: string): string {
  const found = [...'0123456789X'].find((digit) => fault(first + digit) === undefined);
  return found === undefined ? '' : first + found;
}

test('who was born today in Beijing has a card, who is born tomorrow has none; so have residents and foreigners', () => {
  const late = new Date('2026-03-01T17:00:00Z');
  expect(checked('11010120260301001')).not.toBe('');
  expect(checked('11010120260302001')).toBe('');
  expect([...'0123456789X'].some((digit) => fault(`11010120260302001${digit}`, 1, late) === undefined)).toBe(true);
  for (const first of ['81000019940823002', '82000019940823002', '83000019940823002', '91115619940823002'])
    expect(checked(first), first).not.toBe('');
});

test('other documents are told by letters and digits alone, and are nothing without one', () => {
  for (const kind of [2, 3, 4]) {
    for (const good of ['E12345678', 'ab-123456', 'H1234567890', '１２３４５６７８'])
      expect(fault(good, kind), good).toBeUndefined();
    for (const wrong of ['ABCDEF', '1234', 'E1234567890123456789012', 'Е12345678', '护照12345'])
      expect(fault(wrong, kind), wrong).toBeDefined();
  }
  expect(fault('军字第2001988号', 5)).toBeUndefined();
  expect(fault('军官证号码', 5)).toBeDefined();
});

test('an order names the document that cannot be one and why, in both languages, and so does why-not', async () => {
  const { events } = await putOn(office.sql, NOON, { event: { event_limit_type: 2 } });
  const event = events[0] as number;
  const order = (card_no: string, more: object = {}) => ({
    cart_goods_param_list: [goods(event, A, 1, { bearer_list: [{ card_no, ...more }] })],
  });
  const wrong = order('110101199003070012');
  expect(await office.submit(wrong)).toMatchObject({
    success: false,
    result_code: 10237,
    result_msg: '证件号码不合法：cart_goods_param_list[0].bearer_list[0].card_no，校验码不符，请核对每一位',
  });
  expect((await office.submit({ ...wrong, lang_type: 2 })).result_msg).toMatch(
    /^cart\S+ is no valid document: its check/,
  );
  const judged = await explain({ channel_id: 1, order_param: wrong as never }, office.context(NOON));
  expect(judged).toMatchObject({ result: false, refusal_code: '10237' });
  expect(judged.rules.at(-1)?.reason_zh).toContain('校验码不符');
  expect(JSON.stringify(judged)).not.toMatch(/[{]\w+[}]"/);
  const own = { ...order('E1234567', { card_type: 2 }), order_bearer_param: { card_no: '110101199003070012' } };
  expect((await office.submit(own)).result_msg).toContain('order_bearer_param.card_no');
  for (const blank of BLANKS.slice(0, -4)) {
    expect((await office.submit(order(blank))).result_code, JSON.stringify(blank)).toBe(10234);
    expect((await office.submit(order('', { bearer_id: blank }))).result_code, JSON.stringify(blank)).toBe(10234);
  }
  expect(await office.submit(order('', { bearer_id: 'b 1' }))).toMatchObject({ success: true });
  expect(await office.submit(order('', { bearer_id: ' ｂ1\u200b' }))).toMatchObject({ result_code: 10235 });
  expect(await office.submit(order('110101199003070011'))).toMatchObject({ success: true });
});
