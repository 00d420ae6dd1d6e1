import { randomUUID } from 'node:crypto';
import { drawReturns } from '../contract/lottery/lottery.ts';
import { fieldNote, type Label } from '../contract/schema.ts';
import { SEND_PLAN_RECEIVE_RESULTS } from '../contract/sendplans/genie.ts';
import { tokens } from '../contract/ticketing/fields.ts';
import { ORDER_SUBMIT_RESULTS } from '../contract/ticketing/order.ts';
import { PAY_RESULTS } from '../contract/ticketing/pay.ts';
import { KIND_HEADER } from '../database/mark.ts';
import { type Client, TopError } from '../sdk/index.ts';
import { StartError } from '../start-error.ts';
import { openClient } from './client.ts';
import { type ClientOptions, clientSettings, type Io, printJson, table, wholeNumber } from './io.ts';
import { openProgress } from './progress.ts';

const KINDS = ['draws', 'orders', 'receives', 'sends', 'codes'] as const;
type Kind = (typeof KINDS)[number];
type SeedOptions = ClientOptions & Record<Kind, string> & { run?: string; json?: true };

/** One action of a user: gives `done`, or why the platform refused. `key` is its business key, `n` its number. */
type Act = (client: Client, key: string, n: number) => Promise<string>;

const MOST = 1_000_000;
const AT_ONCE = 8;
/** So many users share what is seeded, so that some come again and meet their limits. */
const USERS = 500;
const DEMO_SESSION = '6100000demo';

/** Lets users of a sandbox act, by calls like anybody's, and prints what became of them. */
export async function seed(io: Io, options: SeedOptions): Promise<void> {
  const counts = Object.fromEntries(
    KINDS.map((kind) => [kind, wholeNumber(`--${kind}`, options[kind], 0, MOST)]),
  ) as Record<Kind, number>;
  const run = options.run ?? randomUUID().slice(0, 8);
  const { url, session = DEMO_SESSION } = clientSettings(io, options);
  const client = openClient(io, { ...options, session });
  await mustBeSandbox(url);
  await mustHaveDemo(client);
  const outcomes = await actAll(io, client, run, counts);
  if (options.json) return printJson(io, { run, ...outcomes });
  const rows = KINDS.flatMap((kind) =>
    Object.entries(outcomes[kind]).map(([outcome, count]) => [kind, String(count), outcome]),
  );
  io.out(`${table(rows)}(run ${run}: the same again doubles nothing)\n`);
}

/** What is sold elsewhere is real: demo data are for databases that are marked a sandbox, which the server tells. */
async function mustBeSandbox(url: string): Promise<void> {
  const answer = await fetch(new URL('../health', url), { signal: AbortSignal.timeout(10_000) }).catch(() => undefined);
  if (answer === undefined) throw new StartError(`no server answers at ${url}: start the sandbox, or set PIAOQUAN_URL`);
  if (answer.headers.get(KIND_HEADER) === 'sandbox') return;
  throw new StartError(
    'the database of this server is not marked a sandbox, it gets no demo data: seed is for sandboxes',
  );
}

/** What is drawn from stands in the demo data. */
async function mustHaveDemo(client: Client): Promise<void> {
  const { return_code } = await client.call('taobao.film.lottery.performance.config.query', {
    performance_query_config_param: { spread_id: 'prizePool_open', platform: 8 },
  });
  if (return_code !== '0')
    throw new StartError('this sandbox has no demo data any more: piaoquan reset brings it back');
}

type Outcomes = Record<Kind, Record<string, number>>;

async function actAll(io: Io, client: Client, run: string, counts: Record<Kind, number>): Promise<Outcomes> {
  const outcomes: Outcomes = { draws: {}, orders: {}, receives: {}, sends: {}, codes: {} };
  const total = KINDS.reduce((sum, kind) => sum + counts[kind], 0);
  const progress = openProgress(io, 'seeding');
  let done = 0;
  const actions = mixed(counts);
  const work = async (): Promise<void> => {
    for (const { kind, n } of actions) {
      const outcome = await ACTS[kind](client, `${run}-${kind}-${n}`, n).catch(refusal);
      outcomes[kind][outcome] = (outcomes[kind][outcome] ?? 0) + 1;
      progress.update(++done, total);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    progress.stop();
  }
  return outcomes;
}

/** All actions, each kind spread evenly over the whole. */
function* mixed(counts: Record<Kind, number>): Generator<{ kind: Kind; n: number }> {
  const most = Math.max(...Object.values(counts));
  for (let step = 1; step <= most; step++)
    for (const kind of KINDS) {
      const before = Math.floor(((step - 1) * counts[kind]) / most);
      const after = Math.floor((step * counts[kind]) / most);
      for (let n = before; n < after; n++) yield { kind, n };
    }
}

function refusal(error: unknown): string {
  if (error instanceof TopError) return error.sub_msg ?? error.msg;
  throw error;
}

const user = (n: number): string => `seed-user-${(n * 7919) % USERS}`;
const wordsOf = (results: Record<string, Label>, code: string | number): string => results[code]?.en ?? String(code);

const CALLER = Object.fromEntries(
  Object.entries(tokens).map(([name, schema]) => [name, fieldNote(schema).example]),
) as Record<keyof typeof tokens, string>;
const SHOW = { event_id: '90000011', tiers: ['90000102', '90000102', '90000101'] } as const;

const draw: Act = async (client, key, n) => {
  const { return_code } = await client.call('taobao.film.lottery.performance', {
    lottery_performance_top_param: {
      mix_user_id: user(n),
      spread_id: 'prizePool_open',
      out_biz_id: key,
      platform: 8,
    },
  });
  return return_code === '0' ? 'done' : wordsOf(drawReturns, return_code);
};

/** Orders one or two tickets; every fifth is left unpaid and times out. */
const order: Act = async (client, key, n) => {
  const goods_count = 1 + (n % 2);
  const bearer_list = Array.from({ length: goods_count }, (_, ticket) => ({
    real_name: `观众${n}-${ticket + 1}`,
    bearer_id: `${key}-${ticket}`,
  }));
  const { result_data } = await client.call('alibaba.damai.maizuo.openapi.order.submit', {
    grouped_submit_order_param: {
      ...CALLER,
      cart_goods_param_list: [
        { event_id: SHOW.event_id, price_id: SHOW.tiers[n % SHOW.tiers.length] as string, goods_count, bearer_list },
      ],
      shopping_cart_id: key,
      user_id: user(n),
    },
  });
  const made = result_data.shopping_cart_vo;
  if (made === undefined) return wordsOf(ORDER_SUBMIT_RESULTS, result_data.result_code);
  return n % 5 === 4 ? 'done, left unpaid' : pay(client, key, made);
};

async function pay(
  client: Client,
  pay_no: string,
  made: { order_id: string; receivable_money: string },
): Promise<string> {
  const { result_data } = await client.call('alibaba.damai.maizuo.openapi.trade.pay.result.callback', {
    pay_param: {
      ...CALLER,
      order_id: made.order_id,
      pay_money: String(Math.round(Number(made.receivable_money) * 100)),
      pay_type_id: '1',
      pay_no,
    },
  });
  return result_data.result_code === 200 ? 'done' : wordsOf(PAY_RESULTS, result_data.result_code);
}

const receive: Act = async (client, requestId) => {
  const { ret_code } = await client.call('alibaba.ai.content.business.send.plan.receive', {
    param0: {
      isv_user_info_map: JSON.stringify({ userId: requestId, requestId }),
      circle_info: { circle_content: 'ass', circle_id: 1 },
      isv_id: 1,
      send_plan_id: 1,
    },
  });
  return ret_code === 0 ? 'done' : wordsOf(SEND_PLAN_RECEIVE_RESULTS, ret_code);
};

const sendBenefit: Act = async (client, unique_id, n) => {
  const { result_list } = await client.call('taobao.promotion.benefit.activity.send', {
    send_request: { relation_id: 12345234, send_count: 1 + (n % 3), unique_id },
    mix_receiver_id: user(n),
  });
  const failed = result_list.flatMap(({ error_code_list = [] }) => error_code_list);
  return failed[0] ?? 'done';
};

/** Issues a code; every second one is redeemed. */
const issue: Act = async (client, ext_order_id, n) => {
  const mix_id = 'a09da62085f10074';
  const { result } = await client.call('taobao.film.lottery.sendcode', {
    param_f_code_merchant_send_code_request: {
      ...{ mix_id, ext_order_id, each_num: 1, number: 1, partner_code: 'tfxenia' },
      out_uid: user(n),
    },
  });
  const codes = result.return_value?.f_code_merchant_info_list.map(({ code }) => code) ?? [];
  if (codes.length === 0) return result.return_message;
  if (n % 2 === 1) return 'done';
  await client.call('piaoquan.voucher.code.consume', { mix_id, codes, unique_id: ext_order_id });
  return 'done and redeemed';
};

const ACTS: Record<Kind, Act> = { draws: draw, orders: order, receives: receive, sends: sendBenefit, codes: issue };
