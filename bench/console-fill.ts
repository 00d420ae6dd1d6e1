import { createHash, randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from '../src/database/pool.ts';
import { DEMO } from '../src/demo.ts';
import { RECEIVER_SEALED } from '../src/domains/benefits/sealed.ts';
import { send } from '../src/domains/benefits/send/queries.ts';
import { drawAll, insertActivity, insertPrize, invalidAll } from '../src/domains/lottery/queries.ts';
import { receive } from '../src/domains/sendplans/queries.ts';
import { RECEIVER_SEALED as USER_SEALED } from '../src/domains/sendplans/sealed.ts';
import { sealPersons } from '../src/domains/ticketing/orders/persons.ts';
import { payOrders, submitOrders } from '../src/domains/ticketing/orders/queries.ts';
import { operate } from '../src/domains/vouchers/codes/queries.ts';
import { openCallLog } from '../src/gateway/call-log.ts';
import type { Vault } from '../src/secrets/vault.ts';
import type { ConsoleClient } from '../test/harness/console.ts';

/** What the filled database is asked by: its own connections, the vault of its master key, and how much it holds. */
export type Filling = {
  readonly sql: Sql;
  readonly vault: Vault;
  readonly rows: number;
  /** Codes of the one batch. */
  readonly codes: number;
  readonly call: ConsoleClient['call'];
};

/** The things that bear the rows. */
export const FILLED = {
  spread_id: 'prizePool_bench',
  platform: 8,
  mix_id: 'code_bench',
  project_id: 90000001,
  event_id: 90000011,
  tier: '90000001/90000011/90000102',
  plan_id: 4,
  seller: DEMO.user.user_id,
} as const;

const BATCH = 1000;
const DAY_MS = 86_400_000;
/** Rows lie over the days before the fill, as they would in life. */
const DAYS = 6;

/** The instant of the n-th of some rows, in order of time. */
const instantOf = (n: number, rows: number): Date => new Date(Date.now() - DAYS * DAY_MS * (1 - n / rows) - 60_000);

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Carries out something for each batch of numbers, from the first to the last. */
async function inBatches(rows: number, each: (numbers: readonly number[], at: Date) => Promise<unknown>) {
  for (let first = 0; first < rows; first += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, rows - first) }, (_, index) => first + index);
    await each(numbers, instantOf(first, rows));
  }
}

/** A batch of codes made by the platform's own job, of which a twentieth is issued and a hundredth redeemed. */
export async function fillCodes({ sql, codes, call }: Filling): Promise<void> {
  const { mix_id } = FILLED;
  const batch = { mix_id, name: '百万券码', denomination: 400, valid_duration_type: 'GENERAL' };
  const period = { bind_begin_time: '2026-01-01 00:00:00', coupon_expire_time: '2046-01-01 00:00:00' };
  await call('piaoquan.voucher.batch.save', { batch: { ...batch, ...period } });
  const asked = { mix_id, count: codes, pattern: 'TPP-##########', unique_id: mix_id };
  const { job_id } = await call<{ job_id: number }>('piaoquan.voucher.batch.generate', asked);
  let state = 'queued';
  while (state !== 'done') {
    await sleep(100);
    ({ state } = (await call<{ job: { state: string } }>('piaoquan.job.get', { job_id })).job);
  }
  await inBatches(codes / 20, async (numbers, now) => {
    const takes = numbers.map((n) => ({ count: 1, ref: `bench ${n}`, user: `user${n}`, partial: true }));
    await sql`select count(*) from voucher_issue_many(${mix_id}, ${sql.json(takes)}, ${now})`;
  });
  await inBatches(codes / 100, (numbers, now) =>
    operate(sql, mix_id, [{ kind: 'consume', sequences: numbers.map((n) => n + 1) }], now),
  );
}

/** An activity with two segments and three prizes, and so many draws of it. */
export async function fillDraws({ sql, rows }: Filling): Promise<void> {
  const { spread_id, platform } = FILLED;
  const now = Date.now();
  const segment = (start: number, end: number) => ({
    start_time: new Date(Math.floor(start / 1000) * 1000),
    end_time: new Date(Math.floor(end / 1000) * 1000 - 1000),
    win_times: rows * 2,
    consumed_win_times: 0,
  });
  const segment_infos = [segment(now - 7 * DAY_MS, now - 3 * DAY_MS), segment(now - 3 * DAY_MS, now + 30 * DAY_MS)];
  const activity = { spread_id, platform, name: '百万奖池', status: 1, segment_infos };
  const prize = {
    reward_type: 1,
    reward_sub_type: 2,
    reward_count: 5,
    cost_price: 500,
    expire_days: 30,
    code_count: 0,
  };
  await sql.begin(async (tx) => {
    await insertActivity(tx, activity, new Date(now - 8 * DAY_MS));
    for (const prize_no of [1, 2, 3])
      await insertPrize(
        tx,
        activity,
        { ...prize, prize_no, weight: prize_no * 10, reward_title: `奖品 ${prize_no}` },
        new Date(),
      );
  });
  await inBatches(rows, async (numbers, now) => {
    const draws = numbers.map((n) => ({
      out_biz_id: `bench${n}`,
      app_key: DEMO.app_key,
      mix_user_id: `user${n % (rows / 2)}`,
      roll: randomInt(2 ** 47) * 2,
    }));
    await drawAll(sql, { platform, spread_id }, now, draws, true);
    const voided = draws.filter((_draw, index) => index % 100 === 0);
    await invalidAll(sql, { platform, spread_id }, new Date(now.getTime() + 60_000), voided);
  });
}

/** So many orders of one event, each of one ticket; nine of ten are paid and have their tickets. */
export async function fillOrders({ sql, vault, rows }: Filling): Promise<void> {
  const { project_id, event_id } = FILLED;
  const tiers = [90000101, 90000102];
  await sql`update ticketing_event set sale_start_time = ${new Date(Date.now() - 8 * DAY_MS)} where event_id = ${event_id}`;
  for (const price_id of tiers) {
    const tier = { project_id, event_id, price_id };
    await sql`update ticketing_price set goods_count = goods_count + ${rows * 3} where price_id = ${price_id}`;
    await sql`insert into ticketing_stock_adjustment ${sql({ ...tier, adjust_id: 'bench', goods_delta: rows * 3, reason: 'bench', operator: 'bench', adjusted_at: new Date() })}`;
  }
  await inBatches(rows, async (numbers, now) => {
    const orders = await submitOrders(
      sql,
      project_id,
      numbers.map((n) => orderOf(vault, n, now, tiers[n % 2] as number)),
    );
    const paid = orders.flatMap(({ vo }, index) => (vo && index % 10 > 0 ? [vo] : []));
    const payments = paid.map(({ order_id, receivable_money }) => ({
      ...{ now: new Date(now.getTime() + 30_000), channel_id: 1, order_id, user_id: null },
      ...{ pay_no: `pay ${order_id}`, pay_money: receivable_money, pay_type_id: '1' },
    }));
    await payOrders(sql, project_id, payments);
  });
}

function orderOf(vault: Vault, n: number, now: Date, price_id: number) {
  const bearer = {
    real_name: `王小${n % 5000}`,
    phone: `138${String(n).padStart(8, '0')}`,
    card_type: 1,
    card_no: `1101011990${String(n).padStart(8, '0')}`,
  };
  const order = { project_id: FILLED.project_id, channel_id: 1, shopping_cart_id: `cart${n}` };
  const param = { cart_goods_param_list: [{ bearer_list: [bearer] }] } as unknown as Parameters<typeof sealPersons>[1];
  return {
    ...{ now, channel_id: 1, shopping_cart_id: `cart${n}`, content_hash: hashOf(`cart${n}`), user_id: `buyer${n}` },
    ...{ receivable_money: null, has_bearer: false, persons: sealPersons(vault, param, order) },
    goods: [{ line_no: 1, event_id: FILLED.event_id, price_id, goods_count: 1, bearer_count: 1, children: null }],
  } as unknown as Parameters<typeof submitOrders>[2][number];
}

/** So many receives of one plan. */
export async function fillReceives({ sql, vault, rows }: Filling): Promise<void> {
  const seal = (hash: string) =>
    vault.seal(USER_SEALED, [FILLED.plan_id, hash], JSON.stringify({ userId: 'bench' })).toString('base64');
  await inBatches(rows, (numbers, at) => {
    const commands = numbers.map((n) => ({
      ...{
        at: at.getTime(),
        isv_id: 1,
        circle_id: 2,
        circle_content: 'bench',
        user_hash: hashOf(`user${n}`),
        user_sealed: seal(hashOf(`user${n}`)),
      },
      ...{ request_id: `bench${n}`, draw: Math.random() },
    }));
    return receive(sql, FILLED.plan_id, commands);
  });
}

/** So many sends of the benefit that the demo's activity links to. */
export async function fillSends({ sql, vault, rows }: Filling): Promise<void> {
  const receiver = JSON.stringify({ kind: 'nick', name: 'bench-receiver' });
  const seal = (unique_id: string) =>
    vault.seal(RECEIVER_SEALED, [FILLED.seller, unique_id], receiver).toString('base64');
  await inBatches(rows, (numbers, at) => {
    const commands = numbers.map((n) => ({
      ...{ at: at.getTime(), unique_id: `bench${n}`, content: hashOf(`send${n}`), relation_id: 12345234 },
      ...{ detail_id: null, config_id: null, benefit_type: null, send_count: 1, receiver_hash: hashOf(`user${n}`) },
      ...{ receiver_sealed: seal(`bench${n}`), share_hash: null, biz_id: null, trace_id: null },
    }));
    return send(sql, FILLED.seller, commands);
  });
}

const METHODS = ['taobao.film.lottery.draw', 'alibaba.damai.maizuo.openapi.order.submit', 'taobao.time.get'];

/** So many call records over the days that are kept; one of fifty is a failure. */
export async function fillCalls({ sql, rows }: Filling): Promise<void> {
  const log = openCallLog(sql, { days: DAYS + 1, clock: () => new Date(), onError: (error) => console.error(error) });
  for (let n = 0; n < rows; n++) {
    const failed = n % 50 === 0;
    log.add({
      ...{ called_at: instantOf(n, rows), request_id: `bench${String(n).padStart(9, '0')}`, app_key: DEMO.app_key },
      ...{ method: METHODS[n % METHODS.length], code: failed ? 15 : 0, sub_code: failed ? 'isv.bench' : undefined },
      duration_us: 1000 + (n % 977) * 10,
    });
    if (log.figures.waiting >= 50_000) while (log.figures.waiting > 0) await sleep(50);
  }
  while (log.figures.waiting > 0) await sleep(50);
  await log.close();
}

/** So many entries of the log of changes. */
export async function fillChanges({ sql, rows }: Filling): Promise<void> {
  await sql`
    insert into change_log (changed_at, actor, method, request_id, action, thing, thing_key, changed, before, after)
    select now() - make_interval(secs => (${rows} - n) * 5), 'bench', 'piaoquan.lottery.activity.save', 'bench' || n, 'update',
      'lottery_activity', 'bench' || n % 1000, '{name}', '{"name": "a"}', '{"name": "b"}' from generate_series(1, ${rows}::integer) as n`;
}
