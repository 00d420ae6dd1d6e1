import type { Sql } from '../../database/pool.ts';
import { insertNew, type Row } from './queries.ts';

const at = (text: string): Date => new Date(`${text.replace(' ', 'T')}+08:00`);

const isvs: Row[] = [
  { isv_id: 1, isv_name: '演示内容方' },
  { isv_id: 2, isv_name: '另一内容方' },
];

/** Circle 1 of partner 1 is the documented one; its contents are those of the pages of query and receive. */
const circles: Row[] = [
  { isv_id: 1, circle_id: 1, circle_name: '演示人群', circle_contents: ['ass', 'aasasa'] },
  { isv_id: 1, circle_id: 2, circle_name: '不限内容的人群', circle_contents: [] },
  { isv_id: 2, circle_id: 1, circle_name: '另一内容方的人群', circle_contents: ['ass'] },
];

const plan = (id: number, name: string, period: [string, string], circle = { isv_id: 1, circle_id: 1 }): Row => ({
  ...circle,
  id,
  name,
  start_time: at(period[0]),
  end_time: at(period[1]),
  count_limit: 1,
});

/** In GMT+8. */
const plans: Row[] = [
  plan(1, '月卡', ['2021-09-03 00:00:00', '2036-09-05 00:00:00']),
  plan(2, '月卡（已结束）', ['2021-09-03 00:00:00', '2021-09-05 00:00:00']),
  plan(3, '月卡（未开始）', ['2036-09-05 00:00:01', '2037-09-05 00:00:00']),
  plan(4, '周卡', ['2021-09-03 00:00:00', '2036-09-05 00:00:00'], { isv_id: 1, circle_id: 2 }),
  plan(5, '年卡', ['2021-09-03 00:00:00', '2036-09-05 00:00:00'], { isv_id: 2, circle_id: 1 }),
];

/** The documented items, of every plan. */
const items: Row[] = plans.flatMap(({ id: plan_id }) => [
  {
    plan_id: plan_id as number,
    id: 1,
    name: '爱奇艺月卡',
    weight: 2,
    consume_inventory: 1,
    total_inventory: 10,
    consumed_inventory: 8,
  },
  {
    plan_id: plan_id as number,
    id: 2,
    name: '优酷月卡',
    weight: 3,
    consume_inventory: null,
    total_inventory: null,
    consumed_inventory: 0,
  },
]);

/**
 * Loads the demo plans: 1 with the documented values, which can be received, 2 with the documented period, which is
 * over, 3 not begun, 4 of another circle and 5 of another partner. Loading again changes nothing that is there.
 */
export async function loadSendplansDemo({ sql }: { sql: Sql }): Promise<void> {
  await sql.begin(async (tx) => {
    await insertNew(tx, 'sendplan_isv', isvs);
    await insertNew(tx, 'sendplan_circle', circles);
    await insertNew(tx, 'sendplan', plans);
    await insertNew(tx, 'sendplan_item', items);
  });
}
