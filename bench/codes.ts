import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { connect, type Sql } from '../src/database/pool.ts';
import { DEMO } from '../src/demo.ts';
import { startEmbedded } from '../src/embedded/embedded.ts';
import { type BusinessParameters, send, signedParameters } from '../src/sdk/request.ts';
import { startServerProcess } from './processes.ts';

const CODES = Number(process.env.BENCH_CODES ?? 1_000_000);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
/** Rows of the sample from which the time of single inserts is extrapolated. */
const SINGLES = 3000;
/** Pages read at each depth, in turn. */
const PAGES = 300;
const PAGE_SIZE = 100;

type Call = <T>(method: string, business: BusinessParameters) => Promise<T>;

/**
 * Making codes as an operator does, by a call to a running server, against one raw COPY of the same rows into the same
 * table, and against an insert a code; then what a page of the export costs at the end of the batch and at its beginning.
 * Rounds in turn, so that all see the same machine.
 */
export async function benchCodes(): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'piaoquan-bench-'));
  chmodSync(home, 0o755);
  const database = await startEmbedded({ home });
  const env = { DATABASE_URL: database.target, PIAOQUAN_HOME: home, PORT: '0', LOG_LEVEL: 'error' };
  const server = await startServerProcess(['src/main.ts'], env, /Gateway\s+http:\/\/127\.0\.0\.1:(\d+)/);
  const sql = connect(database.target, { max: 2 });
  try {
    const [row] = await sql`select split_part(version(), ' ', 2) as version, current_setting('fsync') as fsync`;
    console.log(
      `${cpus().length} × ${cpus()[0]?.model.trim()}, node ${process.versions.node}, PostgreSQL ${row?.version} (fsync ${row?.fsync})`,
    );
    const call = callerOf(server.port);
    await compareMaking(database.target, sql, call);
    await comparePages(call);
  } finally {
    await sql.end();
    await server.stop();
    await database.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

function callerOf(port: number): Call {
  const credentials = { ...DEMO, session: DEMO.session_key, simplify: true };
  return async <T>(method: string, business: BusinessParameters) => {
    const parameters = signedParameters(credentials, method, business, new Date());
    const text = await send(`http://127.0.0.1:${port}/router/rest`, parameters);
    if (text.includes('error_response')) throw new Error(text);
    return JSON.parse(text) as T;
  };
}

async function compareMaking(target: string, sql: Sql, call: Call): Promise<void> {
  const rounds: { made: number; copied: number; singles: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const made = await makeCodes(sql, call, `code_bench_${round}`);
    rounds.push({ made, copied: await copyRows(target, `code_bench_${round}`), singles: await insertSingly(sql) });
  }
  const line = (name: string, seconds: (round: (typeof rounds)[number]) => number, more = '') =>
    console.log(
      `  ${name.padEnd(28)} ${median(rounds.map(seconds)).toFixed(2).padStart(8)} s   ${rate(seconds)}${more}`,
    );
  const rate = (seconds: (round: (typeof rounds)[number]) => number) =>
    `${Math.round(CODES / median(rounds.map(seconds)))
      .toString()
      .padStart(8)} codes/s`;
  console.log(`\n${CODES} codes, median of ${ROUNDS} rounds in turn`);
  line('made by a job', ({ made }) => made);
  line('one raw COPY, same table', ({ copied }) => copied);
  line('an insert a code', ({ singles }) => singles, `   extrapolated from ${SINGLES}`);
  console.log(
    `  ratio  ${median(rounds.map(({ made, copied }) => copied / made)).toFixed(2)} of raw COPY   aim ≥ 0.8;` +
      `  ${median(rounds.map(({ made, singles }) => singles / made)).toFixed(0)} × single inserts`,
  );
}

/** Seconds from asking for the codes until the job says that all are there. */
async function makeCodes(sql: Sql, call: Call, mix_id: string): Promise<number> {
  const batch = {
    mix_id,
    name: '压测批次',
    bind_begin_time: '2026-01-01 00:00:00',
    coupon_expire_time: '2046-01-01 00:00:00',
    denomination: 400,
    valid_duration_type: 'GENERAL',
  };
  await call('piaoquan.voucher.batch.save', { batch });
  const partner = { mix_id, partner_code: 'bench', user_id: DEMO.user.user_id };
  await call('piaoquan.voucher.grant.save', partner);
  await sql`checkpoint`;
  const started = performance.now();
  const asked = { mix_id, count: CODES, pattern: 'TPP-##########', unique_id: mix_id };
  const { job_id } = await call<{ job_id: number }>('piaoquan.voucher.batch.generate', asked);
  for (;;) {
    const { job } = await call<{ job: { state: string; done: number } }>('piaoquan.job.get', { job_id });
    if (job.state === 'done') return (performance.now() - started) / 1000;
    if (job.state !== 'queued' && job.state !== 'running') throw new Error(`the job ended ${job.state}`);
    await sleep(100);
  }
}

/** Seconds that one COPY of a batch's rows takes, under another mix_id beside the first and with its text ready in memory. */
async function copyRows(target: string, mix_id: string): Promise<number> {
  const client = new pg.Client(target);
  await client.connect();
  try {
    const columns = 'mix_id, sequence, code_status, gmt_modified';
    const rows = `select mix_id || '_copy', sequence, code_status, gmt_modified from voucher_code where mix_id = '${mix_id}'`;
    const text = await buffer(client.query(copyTo(`copy (${rows} order by sequence) to stdout`)));
    await client.query('checkpoint');
    const started = performance.now();
    const pieces = function* (): Generator<Buffer> {
      for (let at = 0; at < text.length; at += 1 << 16) yield text.subarray(at, at + (1 << 16));
    };
    const copy = client.query(copyFrom(`copy voucher_code (${columns}) from stdin`));
    await pipeline(pieces(), copy);
    const seconds = (performance.now() - started) / 1000;
    if (copy.rowCount !== CODES) throw new Error(`COPY brought ${copy.rowCount} rows`);
    return seconds;
  } finally {
    await client.end();
  }
}

/** Seconds that an insert a code would take for all of them, one after another and each committed. */
async function insertSingly(sql: Sql): Promise<number> {
  await sql`drop table if exists bench_single`;
  await sql`create table bench_single (like voucher_code including all)`;
  const now = new Date();
  const started = performance.now();
  for (let n = 1; n <= SINGLES; n++)
    await sql`insert into bench_single (mix_id, sequence, gmt_modified) values ('code_bench', ${n}, ${now})`;
  return (((performance.now() - started) / 1000) * CODES) / SINGLES;
}

async function comparePages(call: Call): Promise<void> {
  const page = async (last_sequence: number): Promise<number> => {
    const started = performance.now();
    const { result } = await call<{ result: { return_value: { current_rows: number } } }>(
      'taobao.film.fcode.export.query',
      {
        mix_id: 'code_bench_0',
        partner_code: 'bench',
        operate_type: 'ALL',
        params: JSON.stringify({ last_sequence, page_size: PAGE_SIZE }),
      },
    );
    if (result.return_value.current_rows !== PAGE_SIZE) throw new Error('a page is not full');
    return performance.now() - started;
  };
  const first: number[] = [];
  const deep: number[] = [];
  for (let n = 0; n < 2 * PAGES; n++) {
    const [one, other] = [await page(0), await page(CODES - PAGE_SIZE)];
    // The first half warms up.
    if (n >= PAGES) [first.push(one), deep.push(other)];
  }
  console.log(`\nexport page of ${PAGE_SIZE} codes over HTTP, median of ${PAGES}`);
  console.log(`  page 1          ${median(first).toFixed(2)} ms`);
  console.log(`  after ${CODES - PAGE_SIZE}    ${median(deep).toFixed(2)} ms`);
  console.log(`  ratio           ${(median(deep) / median(first)).toFixed(2)}   aim ≤ 1.2`);
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] as number;
