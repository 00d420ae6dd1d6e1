import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { audit } from '../../src/database/audit.ts';
import { callAt } from '../harness/call.ts';
import { endAll } from '../harness/run.ts';
import { until } from '../harness/until.ts';
import { type Answer, type Command, commandOf, findCodesGivenTwice, findEffects, KINDS, stocking } from './commands.ts';
import { openStage, type Stage } from './stage.ts';

const ROUNDS = Number(process.env.KILL_ROUNDS ?? 24);
const SEED = Number(process.env.KILL_SEED ?? randomInt(2 ** 31));
const CLIENTS = 40;
/** Milliseconds under load before the earliest and the latest kill. */
const EARLIEST = 50;
const LATEST = 2000;
/** Milliseconds that clients go on once all runs again. */
const AFTERMATH = 200;
/** Milliseconds that a client keeps trying, and its pause between. */
const PATIENCE = 120_000;
const PAUSE = 100;

/** What tells a client to send the same again; everything else is an answer. */
const RETRYABLE = new Set([
  'isp.top-remote-service-unavailable',
  'isp.top-remote-service-timeout',
  'isp.param-error:102',
]);

/** Numbers from 0 to below 1 that a seed decides (the generator known as mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = randomOf(SEED);
const between = (least: number, most: number): number => least + random() * (most - least);

type Settled = { readonly command: Command; readonly answer: Answer };
const retries = new Map<string, number>();
let asked = 0;

/** Sends a command until it is answered, and gives the answer; fails unless that is a success. */
async function settle(url: string, command: Command): Promise<Answer> {
  for (const deadline = Date.now() + PATIENCE; ; await sleep(PAUSE)) {
    const text = await callAt(url, command.method, command.business).catch(() => undefined);
    const [body] = text === undefined ? [] : Object.values<Answer>(JSON.parse(text));
    const why = body === undefined ? 'no answer' : String(body.sub_code ?? '');
    if (body !== undefined && !RETRYABLE.has(why)) {
      const { request_id: _each, ...answer } = body;
      if (!command.succeeded(answer)) throw new Error(`${command.kind} ${command.key} was answered ${text}`);
      return answer;
    }
    retries.set(why, (retries.get(why) ?? 0) + 1);
    if (Date.now() > deadline) throw new Error(`${command.kind} ${command.key} is not answered: ${why}`);
  }
}

/** Clients that write until told to stop; every command they began is answered in the end. */
function startClients(url: string): { stop(): Promise<Settled[]> } {
  const settled: Settled[] = [];
  let over = false;
  const client = async (): Promise<void> => {
    while (!over) {
      for (let command: Command | undefined = commandOf(asked++); command !== undefined; ) {
        const answer = await settle(url, command);
        settled.push({ command, answer });
        command = command.next?.(answer);
      }
    }
  };
  const clients = Promise.all(Array.from({ length: CLIENTS }, client));
  // A client that fails is told by stop.
  clients.catch(() => {});
  return {
    async stop() {
      over = true;
      await clients;
      return settled;
    },
  };
}

/** What may be killed: the server, PostgreSQL, or PostgreSQL and then the server while it starts it again. */
const BLOWS: Record<string, (stage: Stage) => Promise<void>> = {
  server: (stage) => stage.killServer(),
  database: (stage) => stage.killDatabase(),
  both: async (stage) => {
    const back = stage.killDatabase().catch(() => {});
    await sleep(between(0, 500));
    await stage.killServer();
    await back;
  },
};

/** The database holds exactly what was answered, each key once. */
async function expectExactly(stage: Stage, settled: readonly Settled[]): Promise<void> {
  for (const kind of KINDS) {
    const answered = settled.filter(({ command }) => command.kind === kind);
    const expected = new Map(answered.map(({ command }) => [command.key, command.units]));
    const rows = await stage.query(async (sql) => findEffects[kind](sql));
    expect(rows.length, `rows of ${kind}`).toBe(expected.size);
    expect(rows.filter(({ key, units }) => expected.get(key) !== units)).toEqual([]);
  }
  expect(await stage.query(async (sql) => findCodesGivenTwice(sql))).toEqual([]);
}

/** Every command is answered as before when it is sent again. */
async function expectSameAnswers(url: string, settled: readonly Settled[]): Promise<void> {
  const left = settled[Symbol.iterator]();
  const client = async (): Promise<void> => {
    for (const { command, answer } of left) expect(await settle(url, command)).toEqual(answer);
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
}

async function expectAuditHolds(stage: Stage): Promise<number> {
  const { counters, differences } = await stage.query(audit);
  expect(differences).toEqual([]);
  return counters;
}

/** Gives the sandbox stock enough for the run. */
async function fill({ url }: Stage): Promise<void> {
  const call = async (method: string, business: object): Promise<Answer> =>
    Object.values(JSON.parse(await callAt(url, method, { ...business })) as Record<string, Answer>)[0] ?? {};
  for (const [method, business] of stocking) {
    const answer = await call(method, business);
    expect(answer).not.toHaveProperty('code');
    const { job_id } = answer;
    if (job_id === undefined) continue;
    const state = async () => ((await call('piaoquan.job.get', { job_id })).job as { state?: string }).state;
    expect(await until(state, (each) => each !== 'queued' && each !== 'running')).toBe('done');
  }
}

let stage: Stage;
afterAll(async () => {
  await endAll();
  stage?.remove();
});

test(`after each of ${ROUNDS} kills under load every answered success is there, nothing is there twice, and the audit holds`, async () => {
  console.log(`KILL_SEED=${SEED} KILL_ROUNDS=${ROUNDS}`);
  stage = await openStage(random);
  await fill(stage);
  const everything: Settled[] = [];
  const rounds = new Map<string, number>();
  let counters = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const [name, blow] = Object.entries(BLOWS)[round % 3] as [string, (stage: Stage) => Promise<void>];
    const clients = startClients(stage.url);
    await sleep(between(EARLIEST, LATEST));
    await blow(stage);
    await sleep(AFTERMATH);
    const settled = await clients.stop();
    everything.push(...settled);
    await expectExactly(stage, everything);
    await expectSameAnswers(stage.url, settled);
    await expectExactly(stage, everything);
    counters += await expectAuditHolds(stage);
    rounds.set(name, (rounds.get(name) ?? 0) + 1);
  }
  await expectSameAnswers(stage.url, everything);
  await expectExactly(stage, everything);
  await stage.close();
  const successes = KINDS.map((kind) => [kind, everything.filter(({ command }) => command.kind === kind).length]);
  expect([...retries.values()].reduce((sum, each) => sum + each, 0)).toBeGreaterThan(0);
  console.log(
    'rounds',
    Object.fromEntries(rounds),
    '— answered successes, each there once',
    Object.fromEntries(successes),
  );
  console.log('sent again', Object.fromEntries(retries), `— counters audited ${counters}, differences 0`);
});
