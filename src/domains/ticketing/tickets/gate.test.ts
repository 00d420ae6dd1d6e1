import { createPublicKey, verify } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { A, goods, NOON, openBoxOffice, putOn, QRCODE } from '../../../../test/harness/ticketing.ts';
import { demoTokens, otherDemoTokens } from '../demo.ts';

let office: Awaited<ReturnType<typeof openBoxOffice>>;
beforeAll(async () => {
  office = await openBoxOffice();
});
afterAll(() => office.close());

const HOUR = 3_600_000;

/** Buys one ticket of an event and gives its ids. */
async function buy(event: number, user_id?: string) {
  const { shopping_cart_vo: held } = await office.submit({ cart_goods_param_list: [goods(event, A)], user_id });
  const { shopping_cart_vo: paid } = await office.pay(held?.order_id ?? '', 18_000);
  return {
    order_id: held?.order_id ?? '',
    ticket_code_id: paid?.eticket_list[0]?.ticket_code_id ?? '',
    event_id: String(event),
  };
}
const show = async (event = {}) => (await putOn(office.sql, NOON, { event })).events[0] as number;

type Asked = { event_id: string; ticket_code_id: string; order_id?: string; user_id?: number; lang_type?: number };
const qrcode = async (param: Asked, now = NOON) =>
  (await office.handlers[QRCODE]({ dynamic_q_r_code_param: { ...demoTokens, ...param } }, office.context(now)))
    .result_data;
const codeOf = async (param: { event_id: string; ticket_code_id: string }) =>
  (await qrcode(param)).dynamic_q_r_code_vo?.dynamic_q_r_code ?? '';
const check = (code: string, event_id: number, check_id: string, now = NOON) =>
  office.admin['piaoquan.ticketing.ticket.check']({ code, event_id, check_id, gate: 'A1' }, office.context(now));

test('a gate that has only the published key verifies a code and reads ticket, event and validity in it', async () => {
  const event = await show();
  const ticket = await buy(event);
  const code = await codeOf(ticket);
  const key = await office.admin['piaoquan.ticketing.gate.key.get']({ tenant_id: 1 }, office.context(NOON));
  const [version, key_id, body = '', signature = ''] = code.split('.');
  expect([version, key_id]).toEqual(['PQ1', key.key_id]);
  const signed = Buffer.from(code.slice(0, code.lastIndexOf('.')));
  const publicKey = createPublicKey(key.public_key_pem);
  expect(verify(null, signed, publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
  expect(Buffer.from(key.public_key, 'base64')).toEqual(
    publicKey.export({ format: 'der', type: 'spki' }).subarray(-32),
  );
  expect(JSON.parse(Buffer.from(body, 'base64url').toString())).toEqual({
    t: Number(ticket.ticket_code_id),
    e: event,
    o: 1,
    x: NOON.getTime() / 1000 + 303 * 3600,
  });
  expect(await codeOf(ticket)).toBe(code);
  expect(code.length).toBeLessThan(250);
});

test('a code that was changed in any part, or signed for another tenant, opens nothing', async () => {
  const event = await show();
  const code = await codeOf(await buy(event));
  const [version, key_id, body = '', signature = ''] = code.split('.');
  const changed = Buffer.from(Buffer.from(body, 'base64url').toString().replace('"o":1', '"o":2')).toString(
    'base64url',
  );
  const flipped = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
  for (const forged of [
    [version, key_id, changed, signature].join('.'),
    [version, key_id, body, flipped].join('.'),
    [version, '00000000', body, signature].join('.'),
    `${code}x`,
    code.slice(1),
    'hello',
  ])
    await expect(check(forged, event, 'f'), forged).rejects.toMatchObject({
      body: { sub_code: 'isv.ticket-code-invalid' },
    });
  const keys = await Promise.all(
    [1, 2].map((tenant_id) => office.admin['piaoquan.ticketing.gate.key.get']({ tenant_id }, office.context(NOON))),
  );
  expect(keys[0]?.public_key).not.toBe(keys[1]?.public_key);
  await expect(
    office.admin['piaoquan.ticketing.gate.key.get']({ tenant_id: 99 }, office.context(NOON)),
  ).rejects.toMatchObject({ body: { sub_code: 'isv.tenant-not-found' } });
});

test('of many who come with one ticket at once, one gets in; the same check_id gets in again', async () => {
  const event = await show();
  const code = await codeOf(await buy(event));
  const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => check(code, event, `c${n}`)));
  const admitted = answers.flatMap(({ admitted }, n) => (admitted ? [n] : []));
  expect(admitted).toHaveLength(1);
  expect(answers.filter(({ check_result }) => check_result === 2)).toHaveLength(11);
  expect(await check(code, event, `c${admitted[0]}`)).toMatchObject({ admitted: true, entry_count: 1 });
});

test('what a scanner puts around a code is no part of it', async () => {
  const event = await show({ entry_limit: 3 });
  const code = await codeOf(await buy(event));
  for (const [index, scanned] of [`${code}\r\n`, `\ufeff${code}\t`, ` ${code} `].entries())
    expect(await check(scanned, event, `s${index}`)).toMatchObject({ admitted: true, entry_count: index + 1 });
});

test('a ticket lets in as often as its event allows', async () => {
  const twice = await show({ entry_limit: 2 });
  const code = await codeOf(await buy(twice));
  const results = [];
  for (const id of ['a', 'b', 'c', 'b']) results.push((await check(code, twice, id)).admitted);
  expect(results).toEqual([true, true, false, true]);
  const always = await show({ entry_limit: null });
  const free = await codeOf(await buy(always));
  for (const id of ['a', 'b', 'c']) expect(await check(free, always, id)).toMatchObject({ admitted: true });
});

test('a ticket opens the gates of its own event, until the show ends, and not once refunded', async () => {
  const [event, other] = [await show(), await show()];
  const ticket = await buy(event);
  const code = await codeOf(ticket);
  await expect(check(code, other, 'x')).rejects.toMatchObject({ body: { sub_code: 'isv.ticket-of-another-event' } });
  const end = new Date(NOON.getTime() + 303 * HOUR);
  await expect(check(code, event, 'x', new Date(end.getTime() + 1000))).rejects.toMatchObject({
    body: { sub_code: 'isv.ticket-code-expired' },
  });
  const refund = { order_id: ticket.order_id, refund_id: 'gate', reason: 'x' };
  await office.admin['piaoquan.ticketing.order.refund'](refund, office.context(NOON));
  expect(await check(code, event, 'x', end)).toMatchObject({ admitted: false, check_result: 4 });
});

test('a ticket that was used is not refunded', async () => {
  const event = await show();
  const ticket = await buy(event);
  await check(await codeOf(ticket), event, 'x');
  const refund = { order_id: ticket.order_id, refund_id: 'used', reason: 'x' };
  await expect(office.admin['piaoquan.ticketing.order.refund'](refund, office.context(NOON))).rejects.toMatchObject({
    body: { sub_code: 'isv.ticket-is-used' },
  });
  expect((await qrcode(ticket)).dynamic_q_r_code_vo).toMatchObject({ ticket_validate_state_desc: '已检票' });
  const over = await qrcode({ ...ticket, lang_type: 2 }, new Date(NOON.getTime() + 400 * HOUR));
  expect(over.dynamic_q_r_code_vo).toEqual({
    dynamic_q_r_code: undefined,
    qr_code_type: 1,
    ticket_validate_state_desc: 'invalid',
  });
});

test('who administers gets the code that the channel gets, by the ticket alone, and each look is entered', async () => {
  const event = await show();
  const ticket = await buy(event);
  const get = (ticket_code_id: string, now = NOON) =>
    office.admin['piaoquan.ticketing.ticket.code.get']({ ticket_code_id }, office.context(now));
  const shown = await get(ticket.ticket_code_id);
  expect(shown).toMatchObject({ ...ticket, event_id: event, qrcode: await codeOf(ticket), ticket_status: 1 });
  const end = new Date(NOON.getTime() + 303 * HOUR);
  expect(shown.valid_until).toEqual(end);
  await check(shown.qrcode, event, 'in');
  expect((await get(ticket.ticket_code_id, end)).ticket_status).toBe(2);
  const refusal = (sub_code: string) => ({ body: { code: 15, sub_code } });
  await expect(get(ticket.ticket_code_id, new Date(end.getTime() + 1000))).rejects.toMatchObject(
    refusal('isv.ticket-code-expired'),
  );
  const returned = await buy(event);
  const refund = { order_id: returned.order_id, refund_id: 'code', reason: 'x' };
  await office.admin['piaoquan.ticketing.order.refund'](refund, office.context(NOON));
  await expect(get(returned.ticket_code_id)).rejects.toMatchObject(refusal('isv.ticket-is-refunded'));
  for (const unknown of [`${Number(ticket.ticket_code_id) + 999}`, 'x', '9'.repeat(30)])
    await expect(get(unknown), unknown).rejects.toMatchObject(refusal('isv.ticket-not-found'));
  const entered = await office.sql`
    select actor, action, thing from change_log where thing_key like ${`%/${ticket.ticket_code_id}`} and action = 'call'`;
  expect(entered).toEqual([1, 2].map(() => ({ actor: '12345678', action: 'call', thing: 'ticketing_ticket' })));
});

test('only the channel that sold a ticket gets its code, by the right event, order and user', async () => {
  const event = await show();
  const ticket = await buy(event, '200121001');
  expect(await qrcode({ ...ticket, user_id: 200121001 })).toMatchObject({ success: true, result_code: 20 });
  expect(await qrcode({ ...ticket, user_id: 1 })).toMatchObject({ success: false, result_code: 10240 });
  expect(await qrcode({ ...ticket, order_id: '1' })).toMatchObject({ result_code: 10240 });
  expect(await qrcode({ ...ticket, event_id: '1' })).toMatchObject({ result_code: 10250 });
  for (const ticket_code_id of ['1', 'x', '9'.repeat(30)])
    expect(await qrcode({ ...ticket, ticket_code_id })).toMatchObject({ result_code: 10250 });
  expect(await qrcode({ ...ticket, ...otherDemoTokens })).toMatchObject({ result_code: 10250 });
  expect(await qrcode({ ...ticket, ...{ channel_token: 'x' } })).toMatchObject({ result_code: 10203 });
});
