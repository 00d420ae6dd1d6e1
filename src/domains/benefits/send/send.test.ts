import { afterAll, beforeAll, expect, test } from 'vitest';
import { demo, startTestServer, type TestServer } from '../../../../test/harness/server.ts';
import { send, signedParameters } from '../../../sdk/request.ts';

const SEND = 'taobao.promotion.benefit.activity.send';
const SELLER = 6100000;

let server: TestServer;
let urls: string[];
beforeAll(async () => {
  server = await startTestServer({ PIAOQUAN_DB_CONNECTIONS: '4' });
  urls = [server.url, (await server.another()).url];
  await server.database.sql`
    insert into platform_user (user_id, nick, created_at)
    select n, 'receiver ' || n, now() from generate_series(7000001, 7000102) as n`;
});
afterAll(() => server?.close());

let turn = 0;

/** Calls a method of one server after the other and gives the answer without its request_id. */
async function call<T = object>(method: string, business: object): Promise<T> {
  const url = urls[turn++ % urls.length];
  const text = await send(`${url}/router/rest`, signedParameters(demo, method, { ...business }, new Date()));
  const [answer] = Object.values<object & { request_id?: string }>(JSON.parse(text));
  const { request_id: _each, ...rest } = answer!;
  return rest as T;
}

type Result = {
  index_id: number;
  success_count: number;
  failure_count: number;
  error_code_list: { string?: string[] };
};
type Listed = { sends: { benefit_send?: { unique_id: string; receiver: string }[] }; next_cursor?: string };
type Sent = { results: Result[]; unique_id: string; sub_code?: string };

/** Sends over HTTP: the results of the details, or the error. */
async function sendTo(receiver_id: number, send_request: object): Promise<Sent> {
  const { result_list, ...rest } = await call<{ result_list?: { benefit_send_result_ext: Result[] } }>(SEND, {
    send_request: { send_count: 1, ...send_request },
    receiver_id,
  });
  return { ...rest, results: result_list?.benefit_send_result_ext ?? [] } as unknown as Sent;
}

let lastBenefit = 5_000_000;

/** Saves a template of the demo seller with this many units and gives its benefit_id. */
async function saveTemplate(total_num: number, more: object = {}): Promise<number> {
  const benefit_id = ++lastBenefit;
  const template = {
    ...{ user_id: SELLER, benefit_id, config_id: 1, denomination: 100, total_num },
    ...{ start_time: '2026-01-01 00:00:00', end_time: '2036-01-01 00:00:00', ...more },
  };
  expect(await call('piaoquan.benefit.template.save', { template })).toHaveProperty('template');
  return benefit_id;
}

/** Relates benefits to a new activity and gives its id with those of its details. */
async function relate(...benefit_ids: number[]): Promise<{ relation_id: number; details: number[] }> {
  const benefit_activity_vo = {
    ...{ name: `activity ${++turn}`, type: 'SEND' },
    ...{ start_time: '2026-01-01 00:00:00', end_time: '2036-01-01 00:00:00' },
  };
  const add_detail_vos = benefit_ids.map((benefit_id) => ({ benefit_id }));
  const { relation_id } = await call<{ relation_id: number }>('taobao.promotion.benefit.activity.relation', {
    relation_request: { add_detail_vos, benefit_activity_vo },
  });
  const found = await call<{ relation_benefit_details: string }>('taobao.promotion.benefit.activity.detail.get', {
    query_request: { relation_id, status: 'VALID' },
  });
  const details = JSON.parse(found.relation_benefit_details) as { id: number }[];
  return { relation_id, details: details.map(({ id }) => id) };
}

const left = async (benefit_id: number): Promise<number> => {
  const query = { query: { step: 3, benefit_id } };
  const answer = await call('taobao.promotion.benefit.selector', query);
  return JSON.parse(JSON.stringify(answer)).benefit_list.benefit_selector_vo[0].pack_detail_list.benefit_template_vo[0]
    .valid_total_num;
};

const audit = async () =>
  expect(await server.database.sql`select * from audit_benefits where counted <> ledger`).toEqual([]);

const total = (answers: Sent[]) =>
  answers.flatMap(({ results }) => results).reduce((sum, { success_count }) => sum + success_count, 0);

test('hundreds of sends at once over two servers send exactly what there is, the last of them in part', async () => {
  const benefit_id = await saveTemplate(500);
  const { relation_id, details } = await relate(benefit_id);
  const answers = await Promise.all(
    Array.from({ length: 300 }, (_, index) =>
      sendTo(7000001 + (index % 100), {
        relation_id,
        detail_id: details[0],
        send_count: 3,
        unique_id: `rush ${index}`,
      }),
    ),
  );
  expect(total(answers)).toBe(500);
  const counts = answers.map(({ results }) => results[0]?.success_count);
  expect([3, 2, 0].map((count) => counts.filter((each) => each === count).length)).toEqual([166, 1, 133]);
  for (const { results } of answers) {
    const [{ success_count, failure_count, error_code_list }] = results as [Result];
    expect(success_count + failure_count).toBe(3);
    expect(error_code_list.string ?? []).toEqual(failure_count === 0 ? [] : ['isp.param-error:236']);
  }
  expect(await left(benefit_id)).toBe(0);
  await audit();
});

test('a send that comes three times at once has one effect and one answer, in full or in part', async () => {
  const [plenty, scarce] = [await saveTemplate(1000), await saveTemplate(30)];
  const { relation_id } = await relate(plenty, scarce);
  const ask = (index: number) => sendTo(7000001, { relation_id, send_count: 2, unique_id: `three ${index}` });
  const rounds = await Promise.all(
    [0, 1, 2].map(() => Promise.all(Array.from({ length: 50 }, (_, index) => ask(index)))),
  );
  expect(rounds[1]).toEqual(rounds[0]);
  expect(rounds[2]).toEqual(rounds[0]);
  expect(total(rounds[0] as Sent[])).toBe(130);
  expect([await left(plenty), await left(scarce)]).toEqual([900, 0]);
  expect(await ask(0)).toEqual(rounds[0]?.[0]);
  await audit();
});

test('a send without detail_id sends every living benefit of the relation, each told apart', async () => {
  const benefits = [await saveTemplate(10), await saveTemplate(1), await saveTemplate(10, { config_id: 4 })];
  const { relation_id, details } = await relate(...benefits);
  const { results } = await sendTo(7000001, { relation_id, send_count: 2, unique_id: 'all' });
  expect(results.map(({ index_id, success_count, failure_count }) => [index_id, success_count, failure_count])).toEqual(
    [
      [details[0], 2, 0],
      [details[1], 1, 1],
      [details[2], 2, 0],
    ],
  );
  const typed = await sendTo(7000001, { relation_id, benefit_type: 'ALIPAY_COUPON', unique_id: 'typed' });
  expect(typed.results.map(({ index_id }) => index_id)).toEqual(details.slice(0, 2));
  const alone = await sendTo(7000001, { detail_id: details[2], unique_id: 'alone' });
  expect(alone.results.map(({ index_id }) => index_id)).toEqual([details[2]]);
});

test('the answer names the unique_id, one of its own when none came, and the selector shows the send at once', async () => {
  const benefit_id = await saveTemplate(10);
  const { relation_id } = await relate(benefit_id);
  expect((await sendTo(7000001, { relation_id, unique_id: 'mine' })).unique_id).toBe('mine');
  expect(await left(benefit_id)).toBe(9);
  const own = await Promise.all([sendTo(7000001, { relation_id }), sendTo(7000001, { relation_id })]);
  expect(new Set(own.map(({ unique_id }) => unique_id)).size).toBe(2);
  expect(await left(benefit_id)).toBe(7);
});

test('sends meet deletions of their details without harm: what was sent is counted, what was not is refused', async () => {
  const benefit_id = await saveTemplate(1000);
  const { relation_id } = await relate(benefit_id);
  const sends = Array.from({ length: 80 }, (_, index) => sendTo(7000001, { relation_id, unique_id: `race ${index}` }));
  const gone = call('taobao.promotion.benefit.activity.delete', { relation_id });
  const answers = await Promise.all(sends);
  expect(await gone).toEqual({ is_success: true });
  const refused = answers.filter(({ sub_code }) => sub_code === 'isv.param-error:295').length;
  expect(total(answers) + refused).toBe(80);
  expect(await left(benefit_id)).toBe(1000 - total(answers));
  expect((await sendTo(7000001, { relation_id, unique_id: 'late' })).sub_code).toBe('isv.param-error:295');
  await audit();
});

test('sends meet changes of their template without harm: every unit that was sent is off its stock', async () => {
  const benefit_id = await saveTemplate(10_000);
  const { relation_id } = await relate(benefit_id);
  let sending = true;
  const changes = async () => {
    while (sending)
      expect(await call('piaoquan.benefit.template.status.update', { user_id: SELLER, benefit_id, status: 1 })).toEqual(
        {
          is_success: true,
        },
      );
  };
  const changing = [changes(), changes()];
  const one = async (sender: number) => {
    for (let round = 0; round < 10; round++)
      await sendTo(7000001 + sender, { relation_id, unique_id: `changing ${sender} ${round}` });
  };
  await Promise.all(Array.from({ length: 30 }, (_, sender) => one(sender)));
  sending = false;
  await Promise.all(changing);
  expect(await left(benefit_id)).toBe(10_000 - 300);
  await audit();
});

test('the documented request sends, to a user of its id and nick', async () => {
  await server.database.sql`
    insert into platform_user (user_id, nick, created_at) values (12312312, 'tbtest1234', now()) on conflict do nothing`;
  const answer = await call(SEND, {
    send_request: {
      ...{ benefit_type: 'ALIPAY_COUPON', detail_id: 123235235, relation_id: 12345234, send_count: 1 },
      unique_id: 'EA12BC3E5EC3B4',
    },
    ...{ receiver_id: 12312312, nick: 'tbtest1234', plat_nick: 'tbtest1234', mix_receiver_id: '12312312' },
    ...{ ouid: '12121212', uid: '12121221' },
  });
  expect(answer).toEqual({
    result_list: {
      benefit_send_result_ext: [{ error_code_list: {}, failure_count: 0, index_id: 123235235, success_count: 1 }],
    },
    unique_id: 'EA12BC3E5EC3B4',
    is_success: true,
  });
});

test('the list of sends shows receivers masked, newest first, finds one key and one receiver, and goes on by its cursor', async () => {
  const { relation_id } = await relate(await saveTemplate(10));
  for (const index of [0, 1, 2]) await sendTo(7000101 + (index % 2), { relation_id, unique_id: `listed ${index}` });
  const list = async (more: object) => {
    const { sends, next_cursor } = await call<Listed>('piaoquan.benefit.send.list', { user_id: SELLER, ...more });
    const rows = sends.benefit_send ?? [];
    return {
      ids: rows.map(({ unique_id }) => unique_id),
      receivers: rows.map(({ receiver }) => receiver),
      next_cursor,
    };
  };
  expect(await list({ unique_id: 'listed 1' })).toMatchObject({ ids: ['listed 1'], receivers: ['user:7****'] });
  const first = await list({ receiver_id: 7000101, page_size: 1 });
  expect(first.ids).toEqual(['listed 2']);
  // What comes in meanwhile does not shift the pages.
  await sendTo(7000101, { relation_id, unique_id: 'listed later' });
  const second = await list({ receiver_id: 7000101, page_size: 1, cursor: first.next_cursor });
  expect([second.ids, second.next_cursor]).toEqual([['listed 0'], undefined]);
  expect((await list({ user_id: 6100001, receiver_id: 7000101 })).ids).toEqual([]);
  expect(await call('piaoquan.benefit.send.list', { receiver_id: 7000101 })).toMatchObject({
    sub_code: 'isv.send-filter-missing',
  });
  // A key alone is looked for with every seller.
  expect((await list({ user_id: undefined, unique_id: 'listed 1' })).ids).toEqual(['listed 1']);
});

test('the receiver is read within send_request too, where classes of 2015 put it; two that differ are refused', async () => {
  const benefit_id = await saveTemplate(10);
  const { relation_id } = await relate(benefit_id);
  const send = (unique_id: string, inner: object, outer: object = {}) =>
    call<Sent>('taobao.promotion.benefit.activity.send', {
      send_request: { relation_id, send_count: 1, unique_id, ...inner },
      ...outer,
    });
  expect(await send('within', { receiver_id: 7000001 })).toMatchObject({ is_success: true });
  expect(await send('within', {}, { receiver_id: 7000001 })).toMatchObject({ is_success: true });
  expect(await left(benefit_id)).toBe(9);
  expect(await send('both', { receiver_id: 7000001 }, { receiver_id: 7000002 })).toMatchObject({
    sub_code: 'isv.param-error:225',
  });
  expect(await left(benefit_id)).toBe(9);
});
