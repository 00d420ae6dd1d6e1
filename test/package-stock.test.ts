import { expect, test } from 'vitest';
import { demoTokens } from '../src/domains/ticketing/demo.ts';
import { findStock } from '../src/handlers.ts';
import { A, C, goods, NOON, P, putOn, useBoxOffice } from './harness/ticketing.ts';

const office = await useBoxOffice();
const context = office.context(NOON);
const DAMAI = 'alibaba.damai.maizuo.openapi';

/** What every read says is left of a package. */
async function leftOf(project_id: number, event_id: number, price_id: number): Promise<Record<string, unknown>> {
  const id = String(price_id);
  const project_param = { ...demoTokens, project_id: String(project_id) };
  const { handlers, admin } = office;
  const [detail, list, good, stored, stock] = await Promise.all([
    handlers[`${DAMAI}.project.detail`]({ project_param }, context),
    handlers[`${DAMAI}.event.list`]({ project_param }, context),
    handlers[`${DAMAI}.event.good.list`]({ event_param: { ...demoTokens, event_id: String(event_id) } }, context),
    admin['piaoquan.ticketing.project.get']({ project_id }, context),
    findStock(office.sql, NOON),
  ]);
  const shown = (prices: readonly { price_id: string; margin_count: number }[] | undefined) =>
    prices?.find((price) => price.price_id === id)?.margin_count;
  return {
    detail: shown(detail.result_data.project_vo?.event_list[0]?.price_list),
    list: shown(list.result_data.event_vo_list?.[0]?.price_list),
    good: shown(good.result_data.event_goods_vo?.price_vo_list),
    stored: stored.project.event_list[0]?.price_list.find((price) => price.price_id === price_id)?.margin_count,
    board: stock.find(({ key }) => key === `${project_id}/${event_id}/${price_id}`)?.stock_left,
  };
}

const everywhere = (left: number) => ({ detail: left, list: left, good: left, stored: left, board: left });

test('every read says the same of what is left of a package: no more than its tiers allow', async () => {
  const { project_id, events } = await putOn(office.sql, NOON, { goods: { [A]: 9, [P]: 8, [C]: 6 } });
  const event_id = events[0] as number;
  const left = () => leftOf(project_id, event_id, P);
  expect(await left()).toEqual(everywhere(4));
  await office.submit({ cart_goods_param_list: [goods(event_id, A, 4)] });
  expect(await left()).toEqual(everywhere(2));
  await office.submit({ cart_goods_param_list: [goods(event_id, P, 2)] });
  expect(await left()).toEqual(everywhere(0));
  await office.sql`delete from ticketing_price_child where event_id = ${event_id} and child_price_id = ${A}`;
  expect(await left()).toEqual(everywhere(4));
  await office.sql`delete from ticketing_price_child where event_id = ${event_id}`;
  expect(await left()).toEqual(everywhere(0));
  const again = await putOn(office.sql, NOON, { goods: { [A]: 100, [P]: 3, [C]: 100 } });
  expect(await leftOf(again.project_id, again.events[0] as number, P)).toEqual(everywhere(3));
  expect(await leftOf(again.project_id, again.events[0] as number, A)).toEqual(everywhere(100));
});
