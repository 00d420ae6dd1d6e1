import { gmt8 } from '../../contract/gmt8.ts';
import { demoEnd } from '../../database/demo-end.ts';
import type { Sql } from '../../database/pool.ts';
import { type DemoDetail, insertDemoActivity } from './activity/queries.ts';
import { insertTemplate, openType, type Template } from './queries.ts';

const DEMO_USER_ID = 6100000;
/** A seller of its own, whose benefits the demo user must never see. */
const OTHER_USER_ID = 6100001;

const ALIPAY = 1;
const TRAFFIC = 4;
const YOUKU = 13;
const LOTTERY = 14;

const DOCUMENTED_START = gmt8('2015-05-29 12:02:49');
const DOCUMENTED_TIME = gmt8('2015-06-10 15:06:53');

/** The values that the method's page shows. */
const documented: Template = {
  user_id: DEMO_USER_ID,
  benefit_id: 12335232,
  config_id: ALIPAY,
  denomination: 500,
  start_time: DOCUMENTED_TIME,
  end_time: DOCUMENTED_TIME,
  extend_feature: '{key:value}',
  out_object_id: '201591203012519295912993129',
  out_object_name: '支付宝红包1',
  options: 0,
  status: 1,
  relate_activity_num: 10,
  total_num: 100,
  valid_total_num: 5,
};

/** A benefit that can be sent while the demo data hold. */
function own(
  now: Date,
  [benefit_id, config_id, denomination, out_object_name]: readonly [number, number, number, string],
): Template {
  return {
    ...documented,
    benefit_id,
    config_id,
    denomination,
    out_object_name,
    start_time: startOf(now),
    end_time: demoEnd(now),
    extend_feature: null,
    out_object_id: String(benefit_id),
    relate_activity_num: 0,
    total_num: 1000,
    valid_total_num: 1000,
  };
}

/** The second of the first start. */
const startOf = (now: Date): Date => new Date(Math.floor(now.getTime() / 1000) * 1000);

/** The benefit of the pages that relate and send, of which there are plenty. */
const SENDABLE = 123;

function templatesAt(now: Date): Template[] {
  const made = (...words: readonly [number, number, number, string]): Template => own(now, words);
  return [
    documented,
    // The page's request asks for this id while its answer shows the other one: both are there.
    { ...documented, benefit_id: 4342321 },
    { ...made(4342322, ALIPAY, 100, '支付宝红包2'), valid_total_num: 0 },
    { ...made(4342323, ALIPAY, 200, '支付宝红包3'), options: 2 },
    made(4342401, TRAFFIC, 1000, '流量包100M'),
    made(4342402, TRAFFIC, 3000, '流量包500M'),
    made(4343301, YOUKU, 1500, '优酷会员月卡'),
    made(4343401, LOTTERY, 200, '双色球一注'),
    { ...made(4349901, ALIPAY, 300, '支付宝红包4'), user_id: OTHER_USER_ID },
    { ...made(SENDABLE, ALIPAY, 500, '支付宝红包5'), total_num: 1_000_000, valid_total_num: 1_000_000 },
  ];
}

type DemoActivity = {
  readonly relation_id: number;
  readonly details: readonly DemoDetail[];
  readonly start_time: Date;
  readonly end_time: Date;
};

/**
 * The activities of the pages: 123, which is over, with its documented detail and the one that the update removes, one
 * to delete, and the one that can be sent.
 */
const activitiesAt = (now: Date): DemoActivity[] => [
  {
    relation_id: 123,
    // The page of detail.get shows one detail, that of the update removes another: it is removed already.
    details: [
      [54001, 4342322],
      [123, SENDABLE, 'DELETE'],
    ],
    start_time: DOCUMENTED_START,
    end_time: DOCUMENTED_START,
  },
  { relation_id: 124, details: [[124, SENDABLE]], start_time: DOCUMENTED_START, end_time: DOCUMENTED_START },
  {
    relation_id: 12345234,
    details: [[123235235, SENDABLE]],
    start_time: startOf(now),
    end_time: demoEnd(now),
  },
];

/**
 * Loads the demo benefits of two sellers, to whom all types are open, and three activities of the first. What is there
 * already stays as it is.
 */
export async function loadBenefitsDemo({ sql }: { sql: Sql }, now: Date): Promise<void> {
  await sql.begin(async (tx) => {
    for (const user_id of [DEMO_USER_ID, OTHER_USER_ID])
      for (const config_id of [ALIPAY, TRAFFIC, YOUKU, LOTTERY]) await openType(tx, user_id, config_id);
    for (const template of templatesAt(now)) await insertTemplate(tx, template, now);
    for (const { details, ...activity } of activitiesAt(now))
      await insertDemoActivity(tx, { user_id: DEMO_USER_ID, name: 'demo', ...activity, created_at: now }, details);
  });
}
