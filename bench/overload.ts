import { readFileSync } from 'node:fs';
import { connect as connectTo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { audit } from '../src/database/audit.ts';
import { connect } from '../src/database/pool.ts';
import { signedDraw, startHotServer } from './hot-server.ts';
import { load } from './load.ts';

const CONNECTIONS = 256;
const WARM_SECONDS = Number(process.env.BENCH_WARM_SECONDS ?? 12);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 10);
const TIMES = 3;
const CALLERS = Number(process.env.BENCH_CALLERS ?? 3000);
const TICK_MS = 5;

type Outcome = { kind: 'answered' | 'busy' | 'other'; ms: number };
/** What became of the calls, and the server's memory at its largest. */
type Overload = { outcomes: Outcome[]; rss_mb: number };

/**
 * Thousands of callers want three times as many draws as the server answers. Prints how long they wait for their answer
 * or for a busy error, the server's memory, and how it fares a second afterwards.
 */
export async function benchOverload(): Promise<void> {
  const { server, target, stop } = await startHotServer();
  const rateOf = async (seconds: number): Promise<number> => {
    const requests = Array.from({ length: seconds * 15_000 }, signedDraw);
    const common = { port: server.port, pid: server.pid, connections: CONNECTIONS, expect: '"return_code":"0"' };
    return (await load({ ...common, requests, seconds })).rate;
  };
  try {
    await rateOf(WARM_SECONDS);
    const before = await rateOf(4);
    const idle = residentMb(server.pid);
    console.log(`${before.toFixed(0)} signed draws a second with ${CONNECTIONS} connections; RSS ${idle} MB`);
    const rate = TIMES * before;
    const { outcomes, rss_mb } = await callAtRate(server, rate);
    console.log(
      `\n${CALLERS} callers who together want ${TIMES} times as many, ${rate.toFixed(0)} a second, for ${SECONDS} s`,
    );
    for (const kind of ['answered', 'busy', 'other'] as const) printKind(kind, outcomes);
    console.log(`  RSS at most ${rss_mb} MB`);
    await sleep(1000);
    const after = await rateOf(4);
    console.log(`\na second later: ${after.toFixed(0)} a second, ${(after / before).toFixed(2)} of before`);
    await printAudit(target);
  } finally {
    await stop();
  }
}

function printKind(kind: Outcome['kind'], outcomes: readonly Outcome[]): void {
  const times = outcomes.flatMap((each) => (each.kind === kind ? [each.ms] : [])).sort((a, b) => a - b);
  const at = (share: number): string =>
    (times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0).toFixed(0);
  console.log(
    `  ${kind.padEnd(10)} ${times.length} (${(times.length / SECONDS).toFixed(0)} a second)   p50 ${at(0.5)} ms   p99 ${at(0.99)} ms   longest ${at(1)} ms   aim < 1000`,
  );
}

async function printAudit(target: string): Promise<void> {
  const sql = connect(target, { max: 2 });
  const { differences } = await audit(sql);
  console.log(differences.length === 0 ? 'every counter equals its ledger' : JSON.stringify(differences));
  await sql.end();
}

/**
 * Lets callers call, each on its own connection and as often as makes the rate together; one that still waits for an
 * answer calls again when it has it.
 */
async function callAtRate({ port, pid }: { port: number; pid: number }, rate: number): Promise<Overload> {
  const overload: Overload = { outcomes: [], rss_mb: 0 };
  const requests = Array.from({ length: Math.ceil(rate * SECONDS) }, signedDraw);
  const callers: Caller[] = [];
  while (callers.length < CALLERS)
    callers.push(...(await Promise.all(Array.from({ length: 100 }, () => openCaller(port, overload)))));
  // Until the server has accepted them all.
  await sleep(3000);
  const started = performance.now();
  for (let sent = 0, turn = 0; sent < requests.length; ) {
    const elapsed = (performance.now() - started) / 1000;
    if (elapsed > SECONDS) break;
    for (const until = turn + CALLERS; turn < Math.min(elapsed * rate, until); turn++)
      if (callers[turn % CALLERS]?.call(requests[sent] as Buffer)) sent++;
    overload.rss_mb = Math.max(overload.rss_mb, residentMb(pid));
    await sleep(TICK_MS);
  }
  for (let waited = 0; callers.some((each) => each.waits()) && waited < 30_000; waited += 50) await sleep(50);
  for (const caller of callers) caller.close();
  return overload;
}

/** `call` sends a request unless the caller still waits for an answer, and says whether it did. */
type Caller = { call(request: Buffer): boolean; waits(): boolean; close(): void };

function openCaller(port: number, { outcomes }: Overload): Promise<Caller> {
  const socket = connectTo({ port, host: '127.0.0.1', noDelay: true });
  let sent: number | undefined;
  const caller: Caller = {
    call(request) {
      if (sent !== undefined) return false;
      sent = performance.now();
      return socket.write(request) || true;
    },
    waits: () => sent !== undefined,
    close: () => socket.destroy(),
  };
  socket.on('data', (chunk) => {
    // Answers of a draw are short: they come in one piece.
    const kind = chunk.includes('"return_code":"0"') ? 'answered' : chunk.includes('"isp.') ? 'busy' : 'other';
    outcomes.push({ kind, ms: performance.now() - (sent ?? Number.NaN) });
    sent = undefined;
  });
  return new Promise((done, failed) => socket.on('connect', () => done(caller)).on('error', failed));
}

function residentMb(pid: number): number {
  const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  return Math.round(Number(kb) / 1024);
}
