import type { TSchema } from 'typebox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalogue } from '../src/contract/catalogue.ts';
import { fieldsOf, itemOf, kindOf } from '../src/contract/schema.ts';
import { exampleRequest } from '../src/docs/examples.ts';
import { refusedField } from '../web/console/components/refused-field.ts';
import { type PlainRequest, withValue } from './harness/requests.ts';
import { startTestServer, type TestServer } from './harness/server.ts';

const NOW = new Date('2026-03-01T12:00:00+08:00');
const [OVER, START, END] = ['2026-02-01 00:00:00', '2026-01-01 00:00:00', '2026-06-01 12:00:00'];
const AFTER_END = new Date('2026-06-01T12:00:01+08:00');

let instant = NOW;
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({}, { clock: () => instant });
  const circle = { isv_id: 1, isv_name: 'p', circle_id: 1, circle_name: 'c' };
  await server.call('piaoquan.sendplan.circle.save', { circle });
});
afterAll(() => server?.close());

/** A save that takes an end: what it brings, under a key of its own, with that end and that name. */
type Save = (key: number, end: string, name: string) => object;

const segment = { segment_no: 1, start_time: START, win_times: 1 };
const prize = {
  ...{ prize_no: 1, weight: 1, reward_title: 'r', reward_type: 1, reward_sub_type: 2, reward_count: 1, cost_price: 1 },
};
const activity = (key: number, name: string, parts: object) => ({
  activity: { spread_id: `over-${key}`, platform: 8, name, ...parts },
});
const project = (key: number, name: string, ends: object) => {
  const event = {
    ...{ event_id: key * 10 + 1, event_name: name, event_show_start_time: START, event_show_end_time: END },
    ...{ sale_start_time: START, sale_end_time: END, site_id: 313131, site_version_id: 1, event_limit_type: 0 },
    ...{ seat_total_num: 1, price_list: [] },
  };
  const project = {
    ...{ project_id: key, tenant_id: 1, project_name: name, project_detail: 'd', project_seat_type: 2 },
    ...{ project_type_id: 1, project_img_url: 'https://example.com/a.jpg', site_id: 313131 },
  };
  const earlier = { ...event, event_id: key * 10 };
  // The order of ids is not that of the list: the second one is named.
  return {
    project: {
      ...project,
      event_list: [
        { ...earlier, event_id: key * 10 + 2 },
        { ...event, ...ends },
      ],
    },
  };
};

/** Saves whose ready-made request will not do, by the method, the path of the end, and how it is refused. */
const BY_HAND: Record<string, Save> = {
  'piaoquan.lottery.activity.save activity.segments[0].end_time isv.segment-over': (key, end_time, name) =>
    activity(key, name, { segments: [{ ...segment, end_time }] }),
  'piaoquan.lottery.activity.save activity.prizes[0].gmt_expire isv.prize-over': (key, gmt_expire, name) =>
    activity(key, name, { prizes: [{ ...prize, gmt_expire }] }),
  'piaoquan.sendplan.plan.save plan.end_time isv.plan-over': (key, end_time, name) => ({
    plan: { id: key, isv_id: 1, circle_id: 1, name, start_time: START, end_time, items: [{ id: 1, name, weight: 1 }] },
  }),
  'piaoquan.benefit.template.save template.end_time isv.template-over': (key, end_time, name) => ({
    template: {
      ...{ user_id: 77, benefit_id: key, config_id: 1, denomination: 1, start_time: START, end_time },
      out_object_name: name,
    },
  }),
  'piaoquan.voucher.batch.save batch.coupon_expire_time isv.voucher-batch-over': (key, coupon_expire_time, name) => ({
    batch: {
      ...{ mix_id: `over-${key}`, name, bind_begin_time: START, coupon_expire_time, denomination: 1 },
      valid_duration_type: 'GENERAL',
    },
  }),
  'piaoquan.ticketing.project.save project.event_list[1].event_show_end_time isv.event-over': (
    key,
    event_show_end_time,
    name,
  ) => project(key, name, { event_show_end_time }),
  'piaoquan.ticketing.project.save project.event_list[1].sale_end_time isv.event-over': (key, sale_end_time, name) =>
    project(key, name, { sale_end_time }),
};

/** Paths of all instants of a request at which something ends: the others say when it begins. */
function endsOf(schema: TSchema, above = ''): string[] {
  return fieldsOf(schema).flatMap((field) => {
    const path = above === '' ? field.name : `${above}.${field.name}`;
    if (field.kind === 'object') return endsOf(field.schema, path);
    if (field.kind === 'array') {
      const item = itemOf(field.schema);
      return kindOf(item) === 'object' ? endsOf(item, `${path}[]`) : [];
    }
    return field.kind === 'instant' && !/start|begin|open/.test(field.name) ? [path] : [];
  });
}

const writes = [...catalogue.values()].filter(({ name, kind }) => name.startsWith('piaoquan.') && kind === 'write');
const withoutIndex = (place: string): string => place.replace(/\[\d+\]/g, '[]').replace(/ isv.*/, '');
const byHand = Object.keys(BY_HAND).map(withoutIndex);

/** Every end that an operator saves: by hand, or in the ready-made request of the method, refused by its error of that name. */
const SAVES: Record<string, Save> = { ...BY_HAND };
for (const contract of writes)
  for (const path of endsOf(contract.request).filter((path) => !byHand.includes(`${contract.name} ${path}`))) {
    const over = Object.keys(contract.errors).find((sub_code) => sub_code.endsWith('-over'));
    const save: Save = (_key, end) => withValue(exampleRequest(contract) as PlainRequest, path.split('.'), end);
    SAVES[`${contract.name} ${path} ${over}`] = save;
  }

test('what is tried by hand is an end that an operator saves', () => {
  const ends = writes.flatMap(({ name, request }) => endsOf(request).map((path) => `${name} ${path}`));
  expect(ends).toEqual(expect.arrayContaining(byHand));
  expect(Object.keys(SAVES).length).toBe(ends.length);
});

describe('what is over already is not saved, unless it was saved before and its end stays as it is', () => {
  test.each(Object.entries(SAVES).map(([place, save], index) => [place, save, 8000 + index] as const))(
    '%s',
    async (place, save, key) => {
      const [method = '', path = '', sub_code = ''] = place.split(' ');
      const told = async (end: string, name = 'n') => {
        const answer = await server.json(method, save(key, end, name) as Record<string, unknown>);
        return (answer as { error_response?: { sub_code: string; sub_msg: string; argument: string } }).error_response;
      };
      const refusal = (end: string) => ({
        sub_code,
        argument: path,
        sub_msg: `参数 ${path} 不合法：${end} 已过`,
      });
      instant = NOW;
      expect(await told(OVER)).toMatchObject(refusal(OVER));
      expect(await told(END)).toBeUndefined();
      instant = AFTER_END;
      expect(await told(END, 'renamed')).toBeUndefined();
      expect(await told(OVER)).toMatchObject(refusal(OVER));
    },
  );
});

test('a form shows a refusal at its field, also one that is for a part of the request', () => {
  const path = 'project.event_list[1].event_show_end_time';
  const whole = ['project', 'event_list', 1, 'event_show_end_time'];
  const other = ['project', 'event_list', 0, 'event_show_end_time'];
  expect(refusedField(path, [other, ['event_show_end_time'], whole])).toEqual(whole);
  expect(refusedField(path, [['event_name'], ['event_show_end_time']])).toEqual(['event_show_end_time']);
  expect(refusedField(path, [other, ['end_time'], []])).toBeUndefined();
});
