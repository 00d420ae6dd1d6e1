import { catalogue } from '../src/contract/catalogue.ts';
import type { Contract } from '../src/contract/method.ts';
import { connect } from '../src/database/pool.ts';
import { DEMO } from '../src/demo.ts';
import { exampleRequest, fetchedParameter } from '../src/docs/examples.ts';
import { makeCodes } from '../src/domains/vouchers/batches/queries.ts';
import { type BusinessParameters, send, signedParameters } from '../src/sdk/request.ts';
import { encodeForm } from '../src/wire/form.ts';
import { startHotServer } from './hot-server.ts';
import { type LoadResult, load, postForm } from './load.ts';
import type { ServerProcess } from './processes.ts';
import { HOT } from './stock-ways.ts';

const CONNECTIONS = 128;
const SECONDS = Number(process.env.BENCH_SECONDS ?? 0.4);
const ROUNDS = 3;
const BASELINE = 'taobao.time.get';
const SUBMIT = 'alibaba.damai.maizuo.openapi.order.submit';
const PAY = 'alibaba.damai.maizuo.openapi.trade.pay.result.callback';
/** Requests of a write that are made before a round; of a method that does more of them, the last are repeats. */
const FRESH = 4000;
/** Orders submitted to be paid in all rounds. */
const ORDERS = 3000;
const CODES = 60_000;

let keys = 10_000_000;

/** Fields that tell one write from another, and people of whom each may have so much, by how a fresh one is spelled. */
const FRESH_FIELDS: Readonly<Record<string, (key: number) => unknown>> = {
  out_biz_id: (key) => `bench${key}`,
  mix_user_id: (key) => `AAHb${key}`,
  // The activity with stock for all.
  spread_id: () => HOT.spread_id,
  ext_order_id: (key) => `bench${key}`,
  out_uid: (key) => `uid-${key}`,
  user_id_list: (key) => String(key),
  unique_id: (key) => `BE${key}`,
  shopping_cart_id: (key) => String(key),
  isv_user_info_map: (key) => JSON.stringify({ userId: `u-${key}`, requestId: `r-${key}` }),
  pay_no: (key) => `pay${key}`,
};
/** Writes whose ready-made request is sent again: what they act on is there once. */
const REPEATED = ['taobao.film.lottery.performance.invalid', 'alibaba.ai.content.business.supply.charge'];

function freshen(value: unknown, key: number): unknown {
  if (Array.isArray(value)) return value.map((each) => freshen(each, key));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, each]) => [name, FRESH_FIELDS[name]?.(key) ?? freshen(each, key)]);
  return Object.fromEntries(members);
}

/** The ready-made request, of a write under a key of its own. */
function businessOf(contract: Contract, orders: string[]): BusinessParameters {
  const business = exampleRequest(contract);
  if (contract.kind === 'read' || REPEATED.includes(contract.name)) return business;
  const fresh = freshen(business, ++keys) as Record<string, Record<string, unknown>>;
  if (contract.name === SUBMIT) Object.assign(fresh.grouped_submit_order_param ?? {}, { user_id: `bench${keys}` });
  if (contract.name === PAY) Object.assign(fresh.pay_param ?? {}, { order_id: orders.pop() });
  return fresh;
}

function sign({ name, session }: Contract, business: BusinessParameters): Map<string, string> {
  const { app_key, secret, session_key } = DEMO;
  const caller = { app_key, secret, format: 'json', ...(session !== 'none' && { session: session_key }) } as const;
  return signedParameters(caller, name, business, new Date());
}

/** Puts so much stock into the sandbox that no call of a round finds none. */
async function raiseStock(target: string): Promise<void> {
  const sql = connect(target, { max: 1 });
  await sql`update benefit_template set total_num = 1000000000, valid_total_num = 1000000000, max_sends = null, window_seconds = null`;
  await sql`update sendplan_item set total_inventory = null`;
  await sql`update ticketing_price set goods_count = 100000000`;
  await sql.begin((tx) => makeCodes(tx, { mix_id: 'a09da62085f10074', count: CODES, job_id: 0 }, new Date()));
  await sql.end();
}

/** Submits orders that nobody has paid yet, and tells their ids. */
async function submitOrders(url: string, contract: Contract): Promise<string[]> {
  const submit = async (): Promise<string> => {
    const text = await send(url, sign(contract, businessOf(contract, [])));
    const id = /"order_id":"?(\d+)/.exec(text)?.[1];
    if (id === undefined) throw new Error(text);
    return id;
  };
  const ids: string[] = [];
  while (ids.length < ORDERS) ids.push(...(await Promise.all(Array.from({ length: CONNECTIONS }, submit))));
  return ids;
}

/** What every answer of a method must hold: the code or flag of the first, which must be no error. */
function markOf(text: string): string {
  if (text.includes('"error_response"')) throw new Error(text);
  return /"(?:return_code|result_code|ret_code|is_success|success)":"?\w+"?/.exec(text)?.[0] ?? '"request_id"';
}

type Measured = { readonly name: string; readonly run: () => Promise<LoadResult> };

async function prepare(server: ServerProcess, contract: Contract, orders: string[]): Promise<Measured> {
  const url = `http://127.0.0.1:${server.port}/router/rest`;
  const bytes = (): Buffer => postForm('/router/rest', encodeForm(sign(contract, businessOf(contract, orders))));
  const expect = markOf(await send(url, sign(contract, businessOf(contract, orders))));
  const isFresh = contract.kind === 'write' && !REPEATED.includes(contract.name);
  const count = contract.name === PAY ? Math.floor(ORDERS / (ROUNDS + 1)) - 1 : isFresh ? FRESH : 1;
  const common = { port: server.port, pid: server.pid, connections: CONNECTIONS, seconds: SECONDS, expect };
  return { name: contract.name, run: () => load({ ...common, requests: Array.from({ length: count }, bytes) }) };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;

/** Runs a method and the baseline in turn and prints both; a round before them warms the method up. */
async function compare({ name, run }: Measured, baseline: Measured): Promise<void> {
  await run();
  const rounds: { own: LoadResult; base: LoadResult }[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push({ base: await baseline.run(), own: await run() });
  const rate = median(rounds.map(({ own }) => own.rate)).toFixed(0);
  const ratio = median(rounds.map(({ own, base }) => own.rate / base.rate)).toFixed(3);
  const cpu = median(rounds.map(({ own }) => own.cpu_us)).toFixed(0);
  console.log(`${name.padEnd(56)} ${rate.padStart(6)} /s   ${ratio} of time.get   cpu ${cpu.padStart(4)} µs`);
}

/**
 * Every method that partners call, by its ready-made request, against time.get in the same rounds: reads as they are,
 * writes under fresh keys with durable commits.
 */
export async function benchCalls(): Promise<void> {
  const hot = await startHotServer();
  const contracts = (catalogue as readonly Contract[]).filter(({ category }) => category !== 'admin');
  const named = (name: string): Contract => contracts.find((each) => each.name === name) as Contract;
  try {
    await raiseStock(hot.target);
    const orders = await submitOrders(`http://127.0.0.1:${hot.server.port}/router/rest`, named(SUBMIT));
    const baseline = await prepare(hot.server, named(BASELINE), orders);
    await baseline.run();
    console.log(`${CONNECTIONS} connections, median of ${ROUNDS} rounds of ${SECONDS} s, each beside one of time.get`);
    for (const contract of contracts) {
      if (fetchedParameter(contract) !== undefined) console.log(`${contract.name.padEnd(56)} left out: works once`);
      else await compare(await prepare(hot.server, contract, orders), baseline);
    }
  } finally {
    await hot.stop();
  }
}
