import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FaultyWay, openFaultyWay } from '../../test/harness/faulty.ts';
import { demo, startTestServer, type TestServer } from '../../test/harness/server.ts';
import { until } from '../../test/harness/until.ts';
import { catalogue } from '../contract/catalogue.ts';
import type { Contract } from '../contract/method.ts';
import { fieldsOf } from '../contract/schema.ts';
import { type Client, type CodeExport, createClient, TopError, TopNetworkError } from './index.ts';

const CODES = 3000;
const BATCH = { mix_id: 'sdk_export', partner_code: 'sdk' };
const TIME = { method: 'taobao.time.get' } as const;

let server: TestServer;
let way: FaultyWay;
let client: Client;
beforeAll(async () => {
  server = await startTestServer();
  way = await openFaultyWay(server.url);
  client = createClient({ url: way.url, ...demo });
  await makeBatch();
});
afterAll(async () => {
  await way?.close();
  await server?.close();
});

async function makeBatch(): Promise<void> {
  await client.call('piaoquan.voucher.batch.save', {
    batch: {
      ...{ mix_id: BATCH.mix_id, name: '导出', denomination: 100, valid_duration_type: 'GENERAL' },
      bind_begin_time: new Date('2026-01-01T00:00:00+08:00'),
      coupon_expire_time: new Date('2046-01-01T00:00:00+08:00'),
    },
  });
  await client.call('piaoquan.voucher.grant.save', { ...BATCH, user_id: 6100000 });
  const asked = { mix_id: BATCH.mix_id, count: CODES, unique_id: 'sdk' };
  const { job_id } = await client.call('piaoquan.voucher.batch.generate', asked);
  const job = async () => (await client.call('piaoquan.job.get', { job_id })).job;
  expect(await until(job, ({ state }) => state !== 'queued' && state !== 'running')).toMatchObject({ done: CODES });
}

async function collect<T>(list: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of list) items.push(item);
  return items;
}

const codesOf = async (codes: CodeExport): Promise<string[]> => (await collect(codes)).map(({ code }) => code);

describe('an export', () => {
  test('gives every code of a batch once, over lost answers, and knows the batch', async () => {
    way.faults = ['cut', 'page'];
    const codes = client.export({ ...BATCH, operate_type: 'ALL' });
    expect(codes.basic).toBeUndefined();
    const all = await codesOf(codes);
    expect([all.length, new Set(all).size]).toEqual([CODES, CODES]);
    expect(codes.basic).toMatchObject({
      ...{ mix_id: BATCH.mix_id, total_count: CODES },
      bind_begin_time: expect.any(Date),
    });
    expect(codes.cursor).toBe(CODES);
  });

  test('that was left goes on from its cursor: nothing is missed, the page under way comes again', async () => {
    const all = await codesOf(client.export({ ...BATCH, operate_type: 'ALL' }));
    const left = client.export({ ...BATCH, operate_type: 'ALL', page_size: 500 });
    const taken: string[] = [];
    for await (const { code } of left) if (taken.push(code) === 1250) break;
    expect(taken).toEqual(all.slice(0, 1250));
    expect(left.cursor).toBe(1000);
    expect(await codesOf(client.export({ ...BATCH, operate_type: 'ALL', after: left.cursor }))).toEqual(
      all.slice(1000),
    );
    expect(await codesOf(left)).toEqual(all.slice(1000));
  });

  test('by pages misses and repeats nothing when each page is kept with its last_sequence', async () => {
    const all = await codesOf(client.export({ ...BATCH, operate_type: 'ALL' }));
    const kept: string[] = [];
    let after = 0;
    for (let run = 0; after < CODES; run++)
      for await (const page of client.export({ ...BATCH, operate_type: 'ALL', after, page_size: 400 }).pages()) {
        kept.push(...page.coupon_list.map(({ code }) => code));
        after = page.last_sequence;
        if (run < 3) break;
      }
    expect(kept).toEqual(all);
  });

  test('of redemptions, asked again, gives those that came since', async () => {
    const all = await codesOf(client.export({ ...BATCH, operate_type: 'ALL' }));
    const redeem = (codes: string[], unique_id: string) =>
      client.call('piaoquan.voucher.code.consume', { mix_id: BATCH.mix_id, codes, unique_id });
    const redeemed = client.export({ ...BATCH, operate_type: 'CONSUME', page_size: 100 });
    expect(await codesOf(redeemed)).toEqual([]);
    await redeem(all.slice(0, 250), 'sdk-1');
    expect(await codesOf(redeemed)).toEqual(all.slice(0, 250));
    expect(await codesOf(redeemed)).toEqual([]);
    await redeem(all.slice(2000, 2030), 'sdk-2');
    expect(await codesOf(redeemed)).toEqual(all.slice(2000, 2030));
    const later = client.export({ ...BATCH, operate_type: 'CONSUME', after: 250 });
    expect(await codesOf(later)).toEqual(all.slice(2000, 2030));
    const both = client.export({ ...BATCH, operate_type: 'CONSUME', after: later.cursor, reversals: true });
    const [back] = all.slice(2010);
    const undo = { mix_id: BATCH.mix_id, codes: [back as string], unique_id: 'sdk-3' };
    await client.call('piaoquan.voucher.code.consume.reverse', undo);
    expect((await collect(both)).map(({ code, code_status }) => [code, code_status])).toEqual([[back, 0]]);
    expect(await codesOf(both)).toEqual([]);
  });

  test('that is refused rejects with the return_code as sub_code', async () => {
    const unknown = client.export({ ...BATCH, mix_id: 'none', operate_type: 'ALL' });
    const refused = await codesOf(unknown).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(TopError);
    expect(refused).toMatchObject({ code: 15, sub_code: '200404', request_id: expect.any(String), retryable: false });
  });

  test('ends with its signal', async () => {
    const stop = new AbortController();
    const codes = client.export({ ...BATCH, operate_type: 'ALL' }, { signal: stop.signal });
    const taken = (async () => {
      for await (const { code } of codes) if (code) stop.abort(new Error('enough'));
    })();
    await expect(taken).rejects.toThrow('enough');
  });
});

describe('pages', () => {
  test('of a list follow its cursor, and its items come one by one', async () => {
    const request = { page_size: 1 };
    const pages = await collect(client.pages('piaoquan.voucher.batch.list', request));
    const items = await collect(client.items('piaoquan.voucher.batch.list', request));
    expect(pages.length).toBeGreaterThan(3);
    expect(items.map(({ mix_id }) => mix_id)).toEqual(
      pages.flatMap(({ batches }) => batches.map(({ mix_id }) => mix_id)),
    );
    expect(items[0]?.bind_begin_time).toBeInstanceOf(Date);
  });

  test('of the benefit selector follow the page numbers of step 2', async () => {
    const query = { step: 2, config_id: 1 };
    const all = await collect(client.items('taobao.promotion.benefit.selector', { query }));
    const single = { query: { ...query, page_size: 1 } };
    const pages = await collect(client.pages('taobao.promotion.benefit.selector', single));
    expect(all.length).toBeGreaterThan(1);
    expect(pages).toHaveLength(all.length);
    expect(await collect(client.items('taobao.promotion.benefit.selector', single))).toEqual(all);
    expect(await collect(client.pages('taobao.promotion.benefit.selector', { query: { step: 1 } }))).toHaveLength(1);
  });

  test('of an export follow its sequence', async () => {
    const request = { ...BATCH, operate_type: 'ALL', params: '{"page_size":999}' };
    const items = await collect(client.items('taobao.film.fcode.export.query', request));
    expect(new Set(items.map(({ code }) => code)).size).toBe(CODES);
  });

  test('of a method without pages are its one answer', async () => {
    expect(await collect(client.pages('taobao.time.get'))).toHaveLength(1);
  });

  test('of every method that takes a cursor list one thing', () => {
    const paged = (catalogue as readonly Contract[]).filter(({ request }) =>
      fieldsOf(request).some(({ name }) => name === 'cursor'),
    );
    expect(paged.length).toBeGreaterThan(10);
    const lists = ({ response }: Contract) => fieldsOf(response).filter(({ kind }) => kind === 'array').length;
    expect(paged.filter((contract) => lists(contract) !== 1).map(({ name }) => name)).toEqual([]);
  });
});

describe('a batch', () => {
  test('gives a value or the TopError of each call, in order', async () => {
    const [time, none, refused, foreign, batch] = await client.batch([
      TIME,
      { method: 'piaoquan.of.tomorrow', request: { a: 'b&c=d' } },
      { method: 'piaoquan.voucher.batch.get', request: { mix_id: 'none' } },
      { method: 'taobao.promotion.benefit.selector', request: { query: { step: 1 } }, session: 'foreign' },
      { method: 'piaoquan.voucher.batch.get', request: { mix_id: BATCH.mix_id } },
    ]);
    expect(time).toMatchObject({ time: expect.any(Date), request_id: expect.any(String) });
    expect(none).toMatchObject({ name: 'TopError', code: 22, method: 'piaoquan.of.tomorrow' });
    expect(refused).toMatchObject({ code: 15, sub_code: 'isv.voucher-batch-not-exist' });
    expect(foreign).toMatchObject({ code: 27 });
    expect(batch instanceof TopError || batch.batch.bind_begin_time).toEqual(new Date('2026-01-01T00:00:00+08:00'));
  });

  test('of hundreds of calls goes in several exchanges and keeps their order', async () => {
    way.seen = [];
    const calls = Array.from({ length: 250 }, (_, n) =>
      n % 2 ? TIME : ({ method: 'piaoquan.voucher.batch.get', request: { mix_id: `none${n}` } } as const),
    );
    const outcomes = await client.batch(calls);
    expect(outcomes).toHaveLength(250);
    outcomes.forEach((each, n) => {
      expect(each instanceof TopError).toBe(n % 2 === 0);
    });
    expect(way.seen).toHaveLength(3);
    expect(await client.batch([])).toEqual([]);
  });

  test('that is not answered is made again, unless that could carry out a write twice', async () => {
    way.faults = ['cut', 'page'];
    way.seen = [];
    const outcomes = await client.batch([TIME, TIME]);
    expect(outcomes.every((each) => !(each instanceof TopError))).toBe(true);
    expect(way.seen).toHaveLength(3);
    way.faults = ['refused', 'refused'];
    const keyless = {
      method: 'taobao.promotion.benefit.activity.send',
      request: { send_request: { send_count: 1 } },
    } as const;
    await expect(client.batch([TIME, keyless])).rejects.toBeInstanceOf(TopNetworkError);
    expect(way.faults).toHaveLength(1);
    way.faults = [];
  });

  test('that is refused whole gives its error for every call', async () => {
    const stranger = createClient({ url: server.url, ...demo, secret: 'wrong' });
    const outcomes = await stranger.batch([TIME, TIME, TIME]);
    expect(outcomes.map((each) => each instanceof TopError && each.code)).toEqual([25, 25, 25]);
  });

  test.each(['md5', 'hmac', 'hmac-sha256'] as const)('is signed by %s', async (sign_method) => {
    const [time] = await createClient({ url: server.url, ...demo, sign_method }).batch([TIME]);
    expect(time).toHaveProperty('time');
  });
});
