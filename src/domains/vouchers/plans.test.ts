import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FEW, GROWN, type Grown, KNOWLEDGE, many, openGrown, sum } from '../../../test/harness/grown.ts';
import type { Sql, Transaction } from '../../database/pool.ts';
import { findCatalogues, findStored, type Operation, operate, passGuesses } from './codes/queries.ts';
import { settleImport } from './imports/queries.ts';
import { claimNumbers, findGrants, type Order, sendCodes } from './orders/queries.ts';
import { countNormal, findOrdered, findPlaced } from './reads/queries.ts';

const NOW = new Date('2026-03-01T00:00:00Z');
const COMMANDS = 100;
/** Rows read for each command: a sixth of what any other plan reads. */
const A_COMMAND = 8;
const LIMIT = { wrong: 1_000_000, window: 60, lock: 60 };

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

async function addCodes(sql: Sql, from: number, to: number): Promise<void> {
  await sql`
    insert into voucher_code (mix_id, sequence, gmt_modified, bound_time, bound_hash, bound_sealed, code_status, consume_sequence)
    select 'made', n, now(), b.at, b.hash, b.sealed, case when n % 8 = 0 then 2 else 0 end, case when n % 8 = 0 then n / 8 end
    from generate_series(${from}::int, ${to}::int) n left join lateral (
      select now() as at, sha256(('user ' || n)::bytea) as hash, ''::bytea as sealed where n % 4 = 0) b on true`;
  await sql`
    insert into voucher_consumption (mix_id, consume_sequence, sequence, consumed_at)
    select mix_id, consume_sequence, sequence, now() from voucher_code where code_status = 2 and sequence between ${from} and ${to}`;
  await sql`
    insert into voucher_user (mix_id, user_hash, bound_count)
    select mix_id, bound_hash, 1 from voucher_code where bound_hash is not null and sequence between ${from} and ${to}`;
  await sql`
    insert into voucher_code (mix_id, sequence, code_sealed, code_hash, gmt_modified)
    select 'stored', n, '', sha256(('code ' || n)::bytea), now() from generate_series(${from}::int, ${to}::int) n`;
  await sql`
    update voucher_batch set total_count = ${to}, consume_sequence = ${to} / 8, consumed_count = ${to} / 8
    where mix_id = 'made'`;
  await sql`update voucher_batch set total_count = ${to} where mix_id = 'stored'`;
}

/** What an app asked for before: orders, operations, wrong codes and files. */
async function addAsked(sql: Sql, from: number, to: number): Promise<void> {
  await sql`
    insert into voucher_operation (mix_id, app_key, unique_id, content, results, operated_at)
    select 'made', 'app', 'old ' || n, sha256(('old ' || n)::bytea), '[]', now() from generate_series(${from}::int, ${to}::int) n`;
  await sql`
    insert into voucher_order (mix_id, app_key, ext_order_id, content, sequences, gmt_expire, cost_price, gen_task_id, ordered_at)
    select 'made', 'console', 'old ' || n, sha256(('old ' || n)::bytea), array[n], now(), 1, 0, now()
    from generate_series(${from}::int, ${to}::int) n`;
  await sql`
    insert into voucher_order_number (app_key, ext_order_id, mix_id)
    select 'app', 'old ' || n, 'made' from generate_series(${from}::int, ${to}::int) n`;
  await sql`
    insert into voucher_guess (app_key, caller, window_start, wrong)
    select 'app', encode(sha256(('user ' || n)::bytea), 'hex'), ${NOW}, 1 from generate_series(${from}::int, ${to}::int) n`;
  await sql`
    insert into voucher_import (mix_id, import_id, app_key, skip_bad_lines, delimiter, code_column, line_count, created_at)
    select 'stored', 'file ' || n, 'app', true, ',', 0, 1000000, now()
    from generate_series(${from}::int, ${to}::int) n where n < 10`;
  await sql`
    insert into voucher_import_line (mix_id, import_id, line, code_sealed, code_hash)
    select 'stored', 'file ' || n % 9 + 1, n, '', sha256((case n % 8 when 0 then 'code ' || n else 'line ' || n end)::bytea)
    from generate_series(${from}::int, ${to}::int) n`;
}

async function fill(sql: Sql, from: number, to: number): Promise<void> {
  const first = from === 1 ? ['made', 'stored'] : [];
  await sql`
    insert into voucher_batch (mix_id, name, bind_begin_time, coupon_expire_time, denomination, valid_duration_type)
    select mix_id, '', '2020-01-01', '2046-01-01', 1, 'GENERAL'
    from (select unnest(${first}::text[]) union all select 'batch ' || generate_series(${from}::int, ${to}::int)) b (mix_id)`;
  await sql`
    update voucher_batch set code_pattern = 'A########', code_alphabet = '0123456789' where mix_id = 'made' and code_pattern is null`;
  await sql`
    insert into voucher_grant (mix_id, partner_code, user_id)
    select 'batch ' || n, 'p', n from generate_series(${from}::int, ${to}::int) n`;
  await addCodes(sql, from, to);
  await addAsked(sql, from, to);
}

const KINDS = ['bind', 'consume', 'reverse', 'void'] as const;

/** New operations of every kind on codes at the end of the batch, and between them repeated ones. */
const operations = (count: number, last: number): Operation[] =>
  many(count, (n) => {
    const kind = KINDS[n % KINDS.length] as (typeof KINDS)[number];
    const unique_id = n % 10 === 0 ? `old ${n % FEW}` : `new ${n}`;
    const writer = n % 2 === 0 ? { writer: { actor: 'a', method: 'm', request_id: 'r' } } : {};
    const of = {
      app_key: 'app',
      unique_id,
      content: hash(unique_id),
      user: hash(`user ${last - n + 1}`),
      sealed: '00',
    };
    return { kind, ...of, ...writer, sequences: [last - n + 1] };
  });

const orders = (count: number): Order[] =>
  many(count, (n) => {
    const ext_order_id = n % 4 === 0 ? `old ${n}` : `new ${n}`;
    return { app_key: n % 4 === 0 ? 'console' : 'app', ext_order_id, content: hash(ext_order_id), count: 2 };
  });

/** Every statement on a list of so many, of what stands at the end of its table. */
const work = (count: number, last: number) => ({
  operations: (sql: Sql) => operate(sql, 'made', operations(count, last), NOW),
  'an operation of many codes': (sql: Sql) =>
    operate(sql, 'made', [{ kind: 'consume', sequences: many(count, (n) => last - n), user: hash('user 4') }], NOW),
  orders: (sql: Sql) => sendCodes(sql, 'made', orders(count), NOW),
  'order numbers': (sql: Sql) =>
    claimNumbers(
      sql,
      'app',
      many(count, (n) => ({ ext_order_id: `${n % 2 ? 'old' : 'new'} ${n}`, mix_id: 'made' })),
    ),
  'calls with wrong codes': (sql: Sql) =>
    passGuesses(
      sql,
      'app',
      many(count, (n) => ({ caller: hash(`user ${n}`), wrong: n % 2 })),
      { app: LIMIT, user: LIMIT },
      NOW,
    ),
  'texts of a batch': (sql: Sql) =>
    findStored(
      sql,
      many(count, (n) => ({ mix_id: 'stored', hash: hash(`code ${last - n}`) })),
    ),
  'texts of any batch': (sql: Sql) =>
    findStored(
      sql,
      many(count, (n) => ({ mix_id: n % 2 ? 'stored' : 'made', hash: hash(`code ${last - n}`) })),
    ),
  places: (sql: Sql) =>
    findPlaced(
      sql,
      many(count, (n) => ({ mix_id: n % 2 ? 'stored' : 'made', sequence: last - n })),
      null,
      50,
    ),
  batches: (sql: Sql) =>
    findCatalogues(
      sql,
      many(count, (n) => `batch ${last - n}`),
    ),
  grants: (sql: Sql) =>
    findGrants(
      sql,
      many(count, (n) => ({
        mix_id: `batch ${last - n}`,
        user_id: last - n,
        partner_code: n % 2 ? 'p' : null,
      })),
    ),
});

describe.each(KNOWLEDGE)('with plans of small tables, %s', (known) => {
  let grown: Grown;
  beforeAll(async () => {
    const few = {
      ...work(FEW - 1, FEW),
      import: (sql: Sql) => settle(sql, 1),
      sample: (sql: Sql) => countNormal(sql, 'made', 2, NOW),
    };
    const ordered = (sql: Sql) => findOrdered(sql, 'old 1', null, 10);
    const use = async (sql: Sql) => {
      for (const each of [...Object.values(few), ordered]) await each(sql);
    };
    grown = await openGrown(known, { fill, use });
  });
  afterAll(() => grown?.close());

  test.each(Object.entries(work(COMMANDS, GROWN)))('%s read a few rows each of large tables', async (_name, run) => {
    expect(sum(await grown.read(run))).toBeLessThan(A_COMMAND * COMMANDS);
  });

  test('a file reads its own lines and as many codes', async () => {
    const lines = Math.ceil(GROWN / 9);
    const { voucher_import_line = 0, ...read } = await grown.read((tx) => settle(tx, 2));
    expect(voucher_import_line).toBeLessThan(8 * lines);
    expect(sum(read)).toBeLessThan(lines);
  });

  test('a sample of the codes reads those alone', async () => {
    const { voucher_batch: _one = 0, ...read } = await grown.read((tx) =>
      countNormal(tx, 'made', GROWN / COMMANDS, NOW),
    );
    expect(sum(read)).toBeLessThan(2 * COMMANDS);
  });

  test('an order number is looked up once a batch', async () => {
    const { voucher_order = 0 } = await grown.read((tx) => findOrdered(tx, `old ${GROWN}`, null, 10));
    expect(voucher_order).toBe(1);
  });
});

const settle = (tx: Sql, file: number): Promise<void> =>
  settleImport(tx as unknown as Transaction, { mix_id: 'stored', import_id: `file ${file}` }, NOW);
