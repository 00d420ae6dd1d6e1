import { afterAll, beforeAll, expect, test } from 'vitest';
import { callAt } from '../../../../test/harness/call.ts';
import { startTestServer, type TestServer } from '../../../../test/harness/server.ts';
import {
  A,
  auditFindings,
  B,
  C,
  goods,
  P,
  PAY,
  putOn,
  type Show,
  SUBMIT,
  stockOf,
} from '../../../../test/harness/ticketing.ts';
import { until } from '../../../../test/harness/until.ts';
import { demoTokens } from '../demo.ts';

let server: TestServer;
/** Two servers on one database: what holds between them holds between processes. */
let urls: string[];
beforeAll(async () => {
  server = await startTestServer();
  urls = [server.url, (await server.another()).url];
});
afterAll(() => server?.close());

type Answer = {
  success: boolean;
  result_code: number;
  shopping_cart_vo?: { order_id: string; receivable_money: string };
};

/** Calls a method over HTTP, on the two servers in turn, and gives its answer without the request_id. */
let turn = 0;
async function call(method: string, business: object): Promise<Answer> {
  const text = await callAt(urls[turn++ % 2] as string, method, { ...business });
  return Object.values(JSON.parse(text) as Record<string, { result_data: Answer }>)[0]?.result_data as Answer;
}
const submit = (list: ReturnType<typeof goods>[], more: object = {}) =>
  call(SUBMIT, { grouped_submit_order_param: { ...demoTokens, cart_goods_param_list: list, ...more } });
const pay = ({ shopping_cart_vo: order }: Answer, pay_no?: string) => {
  const pay_money = String(Number(order?.receivable_money) * 100);
  return call(PAY, { pay_param: { ...demoTokens, order_id: order?.order_id, pay_money, pay_type_id: '1', pay_no } });
};

const show = async (more: Show = {}) => (await putOn(server.database.sql, new Date(), more)).events[0] as number;
const stock = (event: number) => stockOf(server.database.sql, event);
const audit = () => auditFindings(server.database.sql);
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
/** Lets the time of an event's unpaid orders run out. */
const lapse = (event: number) => server.database.sql`
  update ticketing_order set created_at = created_at - interval '1 day', expire_time = now() - interval '1 second'
  where order_status = 1 and project_id = (select project_id from ticketing_event where event_id = ${event})`;

test('hundreds who order tiers and packages with shared tickets at once buy exactly what there is', async () => {
  const event = await show({ goods: { [A]: 200, [B]: 120, [P]: 60, [C]: 50 } });
  const wanted = [
    ...times(220, () => [goods(event, A)]),
    ...times(160, () => [goods(event, B)]),
    ...times(80, () => [goods(event, P)]),
    ...times(40, () => [goods(event, A), goods(event, B), goods(event, P)]),
  ];
  const mixed = wanted
    .map((list, index) => ({ list, place: (index * 197) % wanted.length }))
    .sort((a, b) => a.place - b.place);
  const answers = await Promise.all(mixed.map(({ list }) => submit(list)));
  const refused = answers.filter(({ success }) => !success);
  expect(refused.every(({ result_code }) => result_code === 10231)).toBe(true);
  expect(refused.length).toBeGreaterThan(0);
  const held = await stock(event);
  expect([held[A], held[B]]).toEqual([
    [0, 200, 0],
    [0, 120, 0],
  ]);
  expect(held[P]?.[1]).toBe(held[C]?.[1]);
  expect(await audit()).toEqual([]);
  const paid = await Promise.all(answers.filter(({ success }) => success).map((answer) => pay(answer)));
  expect(paid.every(({ result_code }) => result_code === 200)).toBe(true);
  const sold = await stock(event);
  expect([sold[A], sold[B]]).toEqual([
    [200, 0, 0],
    [120, 0, 0],
  ]);
  const [tickets] = await server.database.sql`
    select count(*) as n, count(distinct ticket_id) as ids from ticketing_ticket where event_id = ${event}`;
  expect(tickets).toEqual({ n: 320 + (sold[C]?.[0] ?? 0), ids: 320 + (sold[C]?.[0] ?? 0) });
  expect(await audit()).toEqual([]);
});

test('every order and payment that is sent three times at once has one effect and equal answers', async () => {
  const event = await show({ goods: { [A]: 100, [C]: 30, [P]: 30 } });
  const sent = await Promise.all(
    times(40, (n) =>
      Promise.all(times(3, () => submit([goods(event, n % 2 ? A : P)], { shopping_cart_id: `three-${event}-${n}` }))),
    ),
  );
  for (const [first, ...rest] of sent) expect(rest).toEqual([first, first]);
  expect(await stock(event)).toMatchObject({ [A]: [0, 60, 40], [P]: [0, 20, 10], [C]: [0, 20, 10] });
  const paid = await Promise.all(
    sent.map(([order], n) => Promise.all(times(3, () => pay(order as Answer, `three-${event}-${n}`)))),
  );
  for (const [first, ...rest] of paid) {
    expect(first).toMatchObject({ success: true, result_code: 200 });
    expect(rest).toEqual([first, first]);
  }
  expect(await stock(event)).toMatchObject({ [A]: [60, 0, 40], [P]: [20, 0, 10], [C]: [20, 0, 10] });
  expect(await audit()).toEqual([]);
});

test('a document serves an event once, however many orders bring it at once', async () => {
  const event = await show({ goods: { [A]: 1000 }, event: { event_limit_type: 2 } });
  const bring = (n: number) =>
    submit([
      goods(event, A, 2, {
        bearer_list: ['D', 'E'].map((letter) => ({ card_no: `${letter}${1000 + n}`, card_type: 2 })),
      }),
    ]);
  const answers = await Promise.all(times(120, (n) => bring(n % 30)));
  expect(answers.filter(({ success }) => success)).toHaveLength(30);
  expect(answers.filter(({ success }) => !success).every(({ result_code }) => result_code === 10235)).toBe(true);
  expect(await stock(event)).toMatchObject({ [A]: [0, 60, 940] });
});

test('holds that time out while they are paid and others order are sold or freed, never both', async () => {
  const event = await show({ goods: { [B]: 60 } });
  const orders = await Promise.all(times(30, () => submit([goods(event, B, 2)])));
  expect(await stock(event)).toMatchObject({ [B]: [0, 60, 0] });
  await lapse(event);
  const [paid, others] = await Promise.all([
    Promise.all(orders.map((order) => pay(order))),
    Promise.all(times(30, () => submit([goods(event, B)]))),
  ]);
  expect(paid.every(({ result_code }) => result_code === 200 || result_code === 10243)).toBe(true);
  const sold = 2 * paid.filter(({ success }) => success).length;
  const held = others.filter(({ success }) => success).length;
  expect(sold + held).toBeLessThanOrEqual(60);
  expect(await stock(event)).toMatchObject({ [B]: [sold, held, 60 - sold - held] });
  expect(await audit()).toEqual([]);
  const [given] = await server.database.sql`
    select count(*) as n from ticketing_payment join ticketing_order using (project_id, order_id)
    where result_code <> 200 and project_id = (select project_id from ticketing_event where event_id = ${event})`;
  expect(given?.n).toBe(30 - sold / 2);
});

test('the stock of holds that timed out comes back by itself within seconds', async () => {
  const event = await show();
  await submit([goods(event, P, 3)]);
  await lapse(event);
  await until(
    () => stock(event),
    (each) => each[P]?.[1] === 0,
  );
  expect(await stock(event)).toMatchObject({ [A]: [0, 0, 20], [P]: [0, 0, 8], [C]: [0, 0, 6] });
});
