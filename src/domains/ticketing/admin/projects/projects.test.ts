import { expect, test } from 'vitest';
import { A, after, goods, NOON, P, putOn, stockOf, useBoxOffice } from '../../../../../test/harness/ticketing.ts';
import { until } from '../../../../../test/harness/until.ts';
import type { Transaction } from '../../../../database/pool.ts';
import { demoTokens } from '../../demo.ts';
import { saveSites } from './queries.ts';

const office = await useBoxOffice();

type Admin = typeof office.admin;
/** Calls an administration method as the demo app. */
const call = <M extends keyof Admin>(method: M, request: Parameters<Admin[M]>[0]) =>
  (office.admin[method] as (...all: unknown[]) => ReturnType<Admin[M]>)(request, office.context(NOON));
const fault = (sub_code: string, field = '') => ({ body: { sub_code, sub_msg: expect.stringContaining(field) } });

const tier = (price_id: number, more: object = {}) => ({
  price_id,
  price_name: `票档 ${price_id}`,
  price: 10_000 * price_id,
  price_color: '#123456',
  is_support_free_combination: 0,
  is_coupon_ticket: 0,
  is_package_only: false,
  ...more,
});
const event = (event_id: number, price_list: ReturnType<typeof tier>[], more: object = {}) => ({
  event_id,
  event_name: '首场',
  event_show_start_time: after(6000),
  event_show_end_time: after(6100),
  sale_start_time: after(-60),
  sale_end_time: after(5000),
  site_id: 5001,
  site_version_id: 1,
  event_limit_type: 0,
  seat_total_num: 100,
  price_list,
  ...more,
});
const project = (project_id: number, event_list: ReturnType<typeof event>[], more: object = {}) => ({
  project_id,
  tenant_id: 1,
  project_name: `项目 ${project_id}`,
  project_detail: '简介',
  project_seat_type: 2,
  project_type_id: 1,
  project_img_url: 'https://example.com/a.jpg',
  site_id: 5001,
  site_list: [{ site_id: 5001, site_name: '剧场' }],
  event_list,
  ...more,
});
const save = (saved: object) => call('piaoquan.ticketing.project.save', { project: saved } as never);
const get = async (project_id: number) => (await call('piaoquan.ticketing.project.get', { project_id })).project;
const authorize = (event_id: number, authorized: boolean, price_list?: { price_id: number; authorized: boolean }[]) =>
  call('piaoquan.ticketing.channel.authorize.save', { channel_id: 1, event_id, authorized, price_list });
const submit = (event_id: number, price_id: number) =>
  office.submit({ cart_goods_param_list: [goods(event_id, price_id)] });

test('a project that is saved can be sold once its channel is authorised, and comes back as it was saved', async () => {
  const parts = [{ price_id: 1, child_num: 2 }];
  const tiers = [tier(1, { goods_count: 10 }), tier(2, { goods_count: 4, is_coupon_ticket: 1, child_list: parts })];
  const discount = {
    discount_id: 1,
    discount_type: 1,
    discount_type_name: '满减',
    discount_name: '100-1',
    discount_show_info: '',
    threshold: 10_000,
    amount: 100,
  };
  await save(
    project(801, [event(8011, tiers, { discount_list: [discount], order_limit: 5, entry_limit: 0 })], {
      hold_minutes: 3,
    }),
  );
  expect(await submit(8011, 1)).toMatchObject({ result_code: 10224 });
  await authorize(8011, true, [{ price_id: 2, authorized: false }]);
  expect(await submit(8011, 2)).toMatchObject({ result_code: 10224 });
  expect((await submit(8011, 1)).shopping_cart_vo).toMatchObject({
    receivable_money: '99',
    auto_cancel_order_time: after(3),
  });
  await authorize(8011, true);
  expect(await submit(8011, 2)).toMatchObject({ result_code: 10224 });
  await authorize(8011, true, []);
  expect(await submit(8011, 2)).toMatchObject({ success: true });
  const { site_list: _saved, ...unchanged } = project(801, [], { hold_minutes: 3 });
  expect(await get(801)).toMatchObject({
    ...unchanged,
    event_list: [
      {
        ...event(8011, []),
        order_limit: 5,
        entry_limit: 0,
        status: 1,
        discount_list: [discount],
        price_list: [
          { ...tiers[0], held_count: 3, margin_count: 7 },
          { ...tiers[1], child_list: parts, held_count: 1, margin_count: 3 },
        ],
      },
    ],
  });
});

test('saving again changes what is named, keeps the counters and the tiers not named, and replaces what a package holds', async () => {
  const parts = [{ price_id: 1, child_num: 2 }];
  const both = [tier(1, { goods_count: 10 }), tier(2, { goods_count: 4, is_coupon_ticket: 1, child_list: parts })];
  await save(project(802, [event(8021, both)]));
  await save(project(802, [event(8021, both)]));
  await authorize(8021, true);
  await submit(8021, 2);
  const other = [{ price_id: 1, child_num: 1 }];
  await save(
    project(802, [event(8021, [tier(2, { price: 1, is_coupon_ticket: 1, child_list: other })])], {
      project_name: '新名',
    }),
  );
  const { project_name, event_list } = await get(802);
  expect(project_name).toBe('新名');
  expect(event_list[0]?.price_list).toMatchObject([
    { price: 10_000, goods_count: 10, held_count: 2 },
    { price: 1, goods_count: 4, held_count: 1, child_list: other },
  ]);
  // What is held goes back as it was taken, though the package has changed since.
  await office.sql`select ticketing_order_release(802, ${after(60)}, 100)`;
  expect(await stockOf(office.sql, 8021)).toEqual({ 1: [0, 0, 10], 2: [0, 0, 4] });
});

test('a project that contradicts itself or what is stored is refused whole, naming what is wrong', async () => {
  const good = [event(8031, [tier(1, { goods_count: 1 })])];
  await save(project(803, good));
  const refused = async (saved: object, sub_code: string, field = '') => {
    await expect(save(saved)).rejects.toMatchObject(fault(sub_code, field));
    expect((await get(803)).project_name).toBe('项目 803');
  };
  const named = { project_name: '不该写入' };
  const bad = (price: ReturnType<typeof tier>, more: object = {}) => project(803, [event(8031, [price], more)], named);
  const contradicts = 'isv.project-contradicts';
  await refused(project(803, good, { ...named, tenant_id: 2 }), 'isv.project-of-other-tenant');
  await refused(project(899, good), 'isv.event-of-other-project');
  await refused(project(803, good, { ...named, site_id: 77_777 }), 'isv.site-not-found');
  await refused(project(898, [], { tenant_id: 77_777 }), 'isv.tenant-not-found');
  await refused(bad(tier(1, { goods_count: 2 })), 'isv.stock-by-adjust');
  await refused(bad(tier(1, { is_coupon_ticket: 1 })), 'isv.price-kind-fixed');
  await refused(bad(tier(2)), contradicts, 'goods_count');
  await refused(
    bad(tier(2, { goods_count: 1, is_coupon_ticket: 1, child_list: [{ price_id: 9, child_num: 1 }] })),
    'isv.price-not-found',
  );
  await refused(bad(tier(1), { sale_end_time: after(-60) }), contradicts, 'event_list[0].sale_end_time');
  await refused(bad(tier(1), { event_show_end_time: after(0) }), contradicts, 'event_show_end_time');
  await refused(project(803, [...good, ...good], named), contradicts, 'event_list[1].event_id');
  await refused(
    bad(tier(2, { goods_count: 1, is_coupon_ticket: 1, is_package_only: true })),
    contradicts,
    'is_package_only',
  );
});

test('stock is adjusted once for each adjust_id, never below what is sold and held, with a ledger entry', async () => {
  const { project_id, events } = await putOn(office.sql, NOON);
  const event_id = events[0] as number;
  const adjust = (delta: number, adjust_id: string, price_id = A, reason = '加座') =>
    call('piaoquan.ticketing.price.stock.adjust', { event_id, price_id, delta, adjust_id, reason });
  await submit(event_id, P);
  await Promise.all([1, 2, 3].map(() => adjust(5, 'a1')));
  expect(await stockOf(office.sql, event_id)).toMatchObject({ [A]: [0, 2, 23] });
  await adjust(-23, 'a2');
  await expect(adjust(-1, 'a3')).rejects.toMatchObject(fault('isv.stock-out-of-range'));
  await expect(adjust(2_000_000_000, 'a3')).rejects.toMatchObject(fault('isv.stock-out-of-range'));
  await expect(adjust(6, 'a1')).rejects.toMatchObject(fault('isv.adjust-conflict'));
  await expect(adjust(5, 'a1', A, '别的')).rejects.toMatchObject(fault('isv.adjust-conflict'));
  await expect(adjust(5, 'a1', 99)).rejects.toMatchObject(fault('isv.price-not-found'));
  const ledger = await office.sql`
    select adjust_id, goods_delta, reason, operator from ticketing_stock_adjustment
    where project_id = ${project_id} and price_id = ${A} order by adjusted_at, adjust_id`;
  expect(ledger.map(({ adjust_id, goods_delta }) => [adjust_id, goods_delta])).toEqual([
    ['a1', 5],
    ['a2', -23],
    ['opening', 20],
  ]);
  expect(ledger[0]).toMatchObject({ reason: '加座', operator: '12345678' });
});

test('an event off the shelf is neither shown nor sold, while its held orders may still be paid', async () => {
  const { project_id, events } = await putOn(office.sql, NOON, { events: 2 });
  const [first = 0, second = 0] = events;
  const shown = async () => {
    const project_param = { ...demoTokens, project_id: String(project_id) };
    const detail = await office.handlers['alibaba.damai.maizuo.openapi.project.detail'](
      { project_param },
      office.context(NOON),
    );
    const listed = await office.handlers['alibaba.damai.maizuo.openapi.event.list'](
      { project_param },
      office.context(NOON),
    );
    const event_param = { ...demoTokens, event_id: String(first) };
    const good = await office.handlers['alibaba.damai.maizuo.openapi.event.good.list'](
      { event_param },
      office.context(NOON),
    );
    return [
      detail.result_data.project_vo?.event_list.map(({ event_id }) => event_id),
      listed.result_data.event_vo_list?.map(({ event_id }) => event_id),
      good.result_data.event_goods_vo?.price_vo_list.map(({ price_id, margin_count }) => [price_id, margin_count]),
    ];
  };
  const all = [String(first), String(second)];
  expect(await shown()).toEqual([
    all,
    all,
    [
      ['1', 20],
      ['2', 10],
      ['3', 6],
    ],
  ]);
  const { shopping_cart_vo: held } = await submit(first, A);
  await call('piaoquan.ticketing.event.status.update', { event_id: first, status: 2 });
  expect(await shown()).toEqual([[String(second)], [String(second)], undefined]);
  expect(await submit(first, A)).toMatchObject({ result_code: 10221 });
  expect(await office.pay(held?.order_id ?? '', 18_000)).toMatchObject({ success: true });
  await call('piaoquan.ticketing.event.status.update', { event_id: first, status: 1 });
  expect(await shown()).toMatchObject([
    all,
    all,
    [
      ['1', 19],
      ['2', 10],
      ['3', 6],
    ],
  ]);
  await expect(call('piaoquan.ticketing.event.status.update', { event_id: 3, status: 1 })).rejects.toMatchObject(
    fault('isv.event-not-found'),
  );
});

test('events are claimed in order of their ids, so two projects that claim the same new ones never wait for each other', async () => {
  await save(project(820, [event(8201, [tier(1, { goods_count: 1 })])]));
  const claim = (tx: Transaction, event_id: number) => tx`
    insert into ticketing_event select (jsonb_populate_record(e, jsonb_build_object('event_id', ${event_id}::bigint))).*
    from ticketing_event e where event_id = 8201`;
  const [low, high] = [8211, 8212].map((event_id) => event(event_id, [tier(1, { goods_count: 1 })]));
  const waiting = () => office.sql`
    select from pg_stat_activity where datname = current_database() and wait_event = 'transactionid'`;
  const backOut = office.sql.begin(async (tx) => {
    await claim(tx, 8211);
    const saved = save(project(821, [high!, low!]));
    await until(waiting, (rows) => rows.length > 0);
    await tx`set local lock_timeout = 500`;
    await claim(tx, 8212);
    return tx`rollback`.then(() => saved);
  });
  await expect(backOut).resolves.toEqual({ is_success: true });
});

test('a venue that is being saved keeps nobody waiting who refers to it', async () => {
  await save(project(830, [event(8301, [tier(1, { goods_count: 1 })])]));
  await office.sql.begin(async (tx) => {
    await saveSites(tx, [{ site_id: 5001, site_name: '剧场' }]);
    await office.sql.begin(async (other) => {
      await other`set local lock_timeout = 500`;
      await other`insert into ticketing_event select (jsonb_populate_record(e, '{"event_id": 8302}')).*
        from ticketing_event e where event_id = 8301`;
    });
  });
  expect(await office.sql`select from ticketing_event where event_id = 8302`).toHaveLength(1);
});
