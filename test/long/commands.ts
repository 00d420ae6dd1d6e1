import type { Sql } from '../../src/database/pool.ts';
import { demoTokens } from '../../src/domains/ticketing/demo.ts';
import type { BusinessParameters } from '../../src/sdk/request.ts';
import { PAY, SUBMIT } from '../harness/ticketing.ts';

/** The answer of a method without its request_id. */
export type Answer = Record<string, unknown>;

/** The writes of the five systems that clients repeat under one business key until they are answered. */
export const KINDS = ['draw', 'receive', 'sendcode', 'submit', 'pay', 'send'] as const;
export type Kind = (typeof KINDS)[number];

/** One write, ready to be sent as often as needed. */
export type Command = {
  readonly kind: Kind;
  /** Business key: whatever is sent under it may have one effect only. */
  readonly key: string;
  readonly method: string;
  readonly business: BusinessParameters;
  /** Units that its one effect takes: wins, receives, codes, goods, tickets, benefits. */
  readonly units: number;
  succeeded(answer: Answer): boolean;
  /** What the client sends once this is answered. */
  next?(answer: Answer): Command;
};

const BATCH = 'a09da62085f10074';
const STAND = '90000102';
const FAMILY = '90000104';
const EVENT = 90000011;
/** Far more than a run can use, so that every command can succeed. */
const PLENTY = 1_000_000;

const inner = (value: unknown): Answer => (value ?? {}) as Answer;

const draw = (key: string): Command => ({
  ...{ kind: 'draw', key, method: 'taobao.film.lottery.performance', units: 1 },
  business: {
    lottery_performance_top_param: {
      ...{ mix_user_id: `user ${key}`, spread_id: 'prizePool_open', out_biz_id: key, platform: 8 },
    },
  },
  succeeded: ({ return_code, return_value }) => return_code === '0' && inner(return_value).result_code === 1,
});

const receive = (key: string): Command => ({
  ...{ kind: 'receive', key, method: 'alibaba.ai.content.business.send.plan.receive', units: 1 },
  business: {
    param0: {
      isv_user_info_map: JSON.stringify({ userId: `user ${key}`, requestId: key }),
      ...{ circle_info: { circle_content: 'ass', circle_id: 1 }, isv_id: 1, send_plan_id: 1 },
    },
  },
  succeeded: ({ ret_code, ret_value }) => ret_code === 0 && inner(ret_value).status === true,
});

const sendcode = (key: string, number: number): Command => ({
  ...{ kind: 'sendcode', key, method: 'taobao.film.lottery.sendcode', units: number },
  business: {
    param_f_code_merchant_send_code_request: {
      ...{ mix_id: BATCH, partner_code: 'tfxenia', ext_order_id: key, each_num: number, number },
    },
  },
  succeeded: ({ result }) => inner(result).return_code === '0',
});

const send = (key: string, send_count: number): Command => ({
  ...{ kind: 'send', key, method: 'taobao.promotion.benefit.activity.send', units: send_count },
  business: {
    send_request: { relation_id: 12345234, send_count, unique_id: key },
    mix_receiver_id: `receiver ${key}`,
  },
  succeeded: ({ is_success }) => is_success === true,
});

const isDone = ({ result_data }: Answer): boolean => inner(result_data).success === true;

/** An order of so many seats of the stand, or of one family package of three tickets; it is paid when it is answered. */
function order(key: string, seats: number): Command {
  const [price_id, goods_count, tickets] = seats === 3 ? [FAMILY, 1, 3] : [STAND, seats, seats];
  const bearer_list = Array.from({ length: tickets }, (_, n) => ({ real_name: '张三', bearer_id: `${key}-${n}` }));
  const cart_goods_param_list = [{ event_id: String(EVENT), price_id, goods_count, bearer_list }];
  return {
    ...{ kind: 'submit', key, method: SUBMIT, units: goods_count },
    business: { grouped_submit_order_param: { ...demoTokens, shopping_cart_id: key, cart_goods_param_list } },
    succeeded: isDone,
    next: ({ result_data }) => pay(key, tickets, inner(inner(result_data).shopping_cart_vo)),
  };
}

const pay = (key: string, tickets: number, { order_id, receivable_money }: Answer): Command => ({
  ...{ kind: 'pay', key, method: PAY, units: tickets },
  business: {
    pay_param: {
      ...demoTokens,
      ...{ order_id, pay_money: String(Number(receivable_money) * 100), pay_type_id: '1', pay_no: key },
    },
  },
  succeeded: isDone,
});

/** The n-th command of a run: the five systems in turn, one to three units where there may be several. */
export function commandOf(n: number): Command {
  const key = `kill-${n}`;
  const units = 1 + (Math.floor(n / 5) % 3);
  const makers = [draw, receive, sendcode, order, send] as const;
  return (makers[n % 5] as (typeof makers)[number])(key, units);
}

/** Administration calls that give every system enough stock for a run, and the batch its codes. */
export const stocking: readonly (readonly [method: string, business: BusinessParameters])[] = [
  [
    'piaoquan.lottery.segment.stock.adjust',
    { spread_id: 'prizePool_open', segment_no: 1, delta: PLENTY, reason: 'run', adjust_id: 'run' },
  ],
  ...[STAND, FAMILY, '90000105'].map(
    (price_id) =>
      [
        'piaoquan.ticketing.price.stock.adjust',
        { event_id: EVENT, price_id, delta: PLENTY, reason: 'run', adjust_id: 'run' },
      ] as const,
  ),
  ['piaoquan.voucher.batch.generate', { mix_id: BATCH, count: 200_000, unique_id: 'run' }],
];

/** What of each kind stands in the database: the units of each key. */
export const findEffects: Record<Kind, (sql: Sql) => PromiseLike<readonly { key: string; units: number }[]>> = {
  draw: (sql) => sql`
    select out_biz_id as key, count(*) as units from lottery_grant where spread_id = 'prizePool_open' group by 1`,
  receive: (sql) => sql`
    select min(request_id) as key, count(*) as units from sendplan_receipt where plan_id = 1 group by user_hash`,
  sendcode: (sql) => sql`
    select ext_order_id as key, sum(cardinality(sequences))::bigint as units
    from voucher_order where mix_id = ${BATCH} group by 1`,
  submit: (sql) => sql`
    select shopping_cart_id as key, sum(l.goods_count)::bigint as units
    from ticketing_order join ticketing_order_line l using (project_id, order_id)
    where event_id = ${EVENT} and child_no = 0 group by 1`,
  pay: (sql) => sql`
    select pay_no as key, count(*) as units
    from ticketing_payment join ticketing_ticket t using (project_id, order_id) where event_id = ${EVENT} group by 1`,
  send: (sql) => sql`
    select unique_id as key, sum(success_count)::bigint as units from benefit_send_detail where user_id = 6100000 group by 1`,
};

/** Voucher codes that were handed out more than once, whoever to. */
export const findCodesGivenTwice = (sql: Sql): PromiseLike<readonly object[]> => sql`
  select mix_id, sequence, count(*) from (
    select mix_id, unnest(sequences) as sequence from voucher_order
    union all select mix_id, sequence from lottery_grant_code
  ) given group by 1, 2 having count(*) > 1`;
