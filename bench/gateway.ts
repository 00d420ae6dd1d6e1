import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEMO } from '../src/demo.ts';
import { demoTokens } from '../src/domains/ticketing/demo.ts';
import { startEmbedded } from '../src/embedded/embedded.ts';
import { type BusinessParameters, send, signedParameters } from '../src/sdk/request.ts';
import { encodeForm } from '../src/wire/form.ts';
import { get, type LoadResult, load, postForm } from './load.ts';
import { NODE_FLAGS, pinBench, type ServerProcess, startServerProcess } from './processes.ts';

const CONNECTIONS = 64;
const SECONDS = Number(process.env.BENCH_SECONDS ?? 5);
const ROUNDS = 3;
/** The compiler of a server that has one core needs this long to reach the paths that matter. */
const WARM_SECONDS = Number(process.env.BENCH_WARM_SECONDS ?? 15);
const SOAK_SECONDS = Number(process.env.BENCH_SOAK_SECONDS ?? 60);

type Case = { name: string; method: string; business: BusinessParameters; aim?: number };

const CASES: Case[] = [
  { name: 'time.get', method: 'taobao.time.get', business: {}, aim: 0.5 },
  {
    name: 'project.detail',
    method: 'alibaba.damai.maizuo.openapi.project.detail',
    business: { project_param: { project_id: '32321311', lang_type: 1, ...demoTokens } },
    aim: 0.3,
  },
  {
    name: 'config.query',
    method: 'taobao.film.lottery.performance.config.query',
    business: { performance_query_config_param: { spread_id: 'prizePool_open', platform: 8 } },
  },
];

const signCase = ({ method, business }: Case): Map<string, string> =>
  signedParameters({ app_key: DEMO.app_key, secret: DEMO.secret, format: 'json' }, method, business, new Date());

/** The call as the official Java client sends it: public parameters in the query, business parameters in the body. */
function asJavaSends(each: Case): Buffer {
  const business = new Set(Object.keys(each.business));
  const parameters = [...signCase(each)];
  const query = encodeForm(parameters.filter(([name]) => !business.has(name)));
  return postForm(`/router/rest?${query}`, encodeForm(parameters.filter(([name]) => business.has(name))));
}

/** The call as clients send it that put all into the address: the request that the bare route gets too, but for its path. */
const asGet = (each: Case): Buffer => get(`/router/rest?${encodeForm(signCase(each))}`);

/**
 * The whole request path against a bare fastify route that returns the same bytes: each server alone on one core, load
 * and database on the other, rounds in turn so that both see the same machine.
 */
export async function benchGateway(): Promise<void> {
  const pinned = pinBench();
  const home = mkdtempSync(join(tmpdir(), 'piaoquan-bench-'));
  chmodSync(home, 0o755);
  const database = await startEmbedded({ home });
  const env = { DATABASE_URL: database.target, PIAOQUAN_HOME: home, PORT: '0', LOG_LEVEL: 'error' };
  const piaoquan = await startServerProcess(
    [...NODE_FLAGS, 'src/main.ts'],
    env,
    /Gateway\s+http:\/\/127\.0\.0\.1:(\d+)/,
  );
  try {
    await raiseDailyLimit(database.target);
    const answers = await recordAnswers(piaoquan.port, join(home, 'answers.json'));
    const bare = await startServerProcess(['bench/bare.ts', join(home, 'answers.json')], {}, /^(\d+)$/);
    console.log(
      `connections ${CONNECTIONS}, ${SECONDS} s a run, median of ${ROUNDS} rounds, ${pinned ? 'one core a server' : 'not pinned to cores'}`,
    );
    for (const each of CASES) await compare(each, piaoquan, bare, answers[`/${each.name}`]?.text.length ?? 0);
    await bare.stop();
    await soak(piaoquan);
  } finally {
    await piaoquan.stop();
    await database.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

/** The demo app's million calls a day would be used up in a minute. */
async function raiseDailyLimit(target: string): Promise<void> {
  const { connect } = await import('../src/database/pool.ts');
  const sql = connect(target, { max: 1 });
  await sql`update platform_app set calls_per_day = 1000000000000`;
  await sql.end();
}

async function recordAnswers(port: number, file: string): Promise<Record<string, { type: string; text: string }>> {
  const answers: Record<string, { type: string; text: string }> = {};
  for (const each of CASES) {
    const text = await send(`http://127.0.0.1:${port}/router/rest`, signCase(each));
    if (text.includes('error_response')) throw new Error(text);
    answers[`/${each.name}`] = { type: 'application/json;charset=utf-8', text };
  }
  writeFileSync(file, JSON.stringify(answers));
  return answers;
}

async function compare(each: Case, piaoquan: ServerProcess, bare: ServerProcess, bytes: number): Promise<void> {
  const common = { connections: CONNECTIONS, seconds: SECONDS, expect: '"request_id"' };
  const ours = (request: Buffer, seconds = SECONDS) =>
    load({ ...common, seconds, port: piaoquan.port, pid: piaoquan.pid, requests: [request] });
  const plain = () => load({ ...common, port: bare.port, pid: bare.pid, requests: [get(`/${each.name}`)] });
  await ours(asJavaSends(each), WARM_SECONDS);
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round++)
    rounds.push({ plain: await plain(), post: await ours(asJavaSends(each)), get: await ours(asGet(each)) });
  console.log(`\n${each.name} (${bytes} characters)`);
  const aim = each.aim === undefined ? '' : `   aim ≥ ${each.aim}`;
  for (const name of ['plain', 'post', 'get'] as const) console.log(lineOf(name, rounds));
  for (const name of ['post', 'get'] as const) {
    const ratio = median(rounds, (round) => round[name].rate / round.plain.rate).toFixed(2);
    const byTime = median(rounds, (round) => round.plain.cpu_us / round[name].cpu_us).toFixed(2);
    console.log(
      `  ratio by ${name.toUpperCase().padEnd(4)}    ${ratio} of the bare rate${aim}   (by processor time ${byTime})`,
    );
  }
}

type Round = { plain: LoadResult; post: LoadResult; get: LoadResult };

const median = (rounds: readonly Round[], pick: (round: Round) => number): number =>
  rounds.map(pick).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] as number;

const NAMES = { plain: 'bare fastify', post: 'piaoquan POST', get: 'piaoquan GET' } as const;

function lineOf(name: keyof Round, rounds: readonly Round[]): string {
  const of = (pick: (result: LoadResult) => number): number => median(rounds, (round) => pick(round[name]));
  const rate = of((result) => result.rate).toFixed(0);
  const [p50, p99] = [of((result) => result.p50).toFixed(1), of((result) => result.p99).toFixed(1)];
  const cpu = of((result) => result.cpu_us).toFixed(1);
  return `  ${NAMES[name].padEnd(14)} ${rate.padStart(7)} /s   p50 ${p50} ms   p99 ${p99} ms   cpu ${cpu} µs`;
}

async function soak(piaoquan: ServerProcess): Promise<void> {
  const [first] = CASES as [Case];
  const { rate } = await load({
    connections: CONNECTIONS,
    seconds: SOAK_SECONDS,
    expect: '"request_id"',
    port: piaoquan.port,
    pid: piaoquan.pid,
    requests: [asJavaSends(first)],
  });
  console.log(
    `\nmemory after ${SOAK_SECONDS} s of ${rate.toFixed(0)} calls a second: RSS ${residentMb(piaoquan.pid)} MB   aim < 200 MB`,
  );
}

function residentMb(pid: number): string {
  try {
    const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return (Number(kb) / 1024).toFixed(0);
  } catch {
    return 'unknown';
  }
}
