import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FEW, GROWN, type Grown, KNOWLEDGE, many, openGrown, sum } from '../../../test/harness/grown.ts';
import type { Sql, Transaction } from '../../database/pool.ts';
import { addDetails, countDetails, countSelectable, removeDetails } from './activity/queries.ts';
import { findSends } from './admin/queries.ts';
import { holdSeller } from './queries.ts';
import { findSellers, findUsers, send } from './send/queries.ts';

const NOW = new Date('2026-03-01T00:00:00Z');
const COMMANDS = 100;
/** Rows read for each command: a sixth of what any other plan reads. */
const A_COMMAND = 8;
const SELLER = 1;
/** The relation to which every benefit is related, and was before. */
const WIDE = 1;

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

async function addSold(sql: Sql, from: number, to: number): Promise<void> {
  const numbers = sql`generate_series(${from}::int, ${to}::int) n`;
  await sql`insert into benefit_seller (user_id) select ${SELLER} where ${from} = 1`;
  await sql`insert into benefit_seller_type (user_id, config_id) select ${SELLER}, 1 where ${from} = 1`;
  await sql`
    insert into benefit_template (user_id, benefit_id, config_id, denomination, start_time, end_time, status, total_num,
      valid_total_num, max_sends, window_seconds, relate_activity_num)
    select ${SELLER}, n, 1, 1, '2020-01-01', '2040-01-01', 1, 1000, 900, 100, 86400, 2 from ${numbers}`;
  await sql`
    insert into benefit_activity (user_id, relation_id, name, type, start_time, end_time, status, created_at)
    select ${SELLER}, n, '', 'SEND', '2020-01-01', '2040-01-01', 'VALID', ${NOW} from ${numbers}`;
  await sql`
    insert into benefit_detail (user_id, detail_id, relation_id, benefit_id, status)
    select ${SELLER}, n, n, n, 'VALID' from ${numbers}`;
  await sql`
    insert into benefit_detail (user_id, detail_id, relation_id, benefit_id, status)
    select ${SELLER}, 1000000 + n, ${WIDE}, n, 'VALID' from ${numbers} where n <> ${WIDE}`;
}

async function fill(sql: Sql, from: number, to: number): Promise<void> {
  const numbers = sql`generate_series(${from}::int, ${to}::int) n`;
  await sql`insert into platform_user (user_id, nick, created_at) select n, 'user ' || n, ${NOW} from ${numbers}`;
  await addSold(sql, from, to);
  await sql`
    insert into benefit_send (user_id, unique_id, send_id, content_hash, receiver_hash, receiver_sealed, share_hash, sent_at)
    select ${SELLER}, 'old ' || n, n, sha256(('old ' || n)::bytea), sha256(('user ' || n)::bytea), '', sha256('share'), ${NOW}
    from ${numbers}`;
  await sql`
    insert into benefit_send_detail (user_id, unique_id, detail_id, benefit_id, send_count, success_count, error_code_list,
      receiver_hash, window_start, window_ordinal, max_sends)
    select ${SELLER}, 'old ' || n, n, n, 1, 1, '{}', sha256(('user ' || n)::bytea), ${NOW}, 1, 100 from ${numbers}`;
}

/** New sends, repeated ones and those on a chain of sharing, of a detail or of all that a relation has. */
const sends = (count: number, last: number) =>
  many(count, (n) => {
    const unique_id = `${n % 4 === 0 ? 'old' : 'new'} ${last - n}`;
    return {
      ...{ at: NOW.getTime(), unique_id, content: hash(unique_id), send_count: 1, receiver_sealed: '' },
      ...{ config_id: null, benefit_type: null, biz_id: null, trace_id: null },
      ...(n % 3 === 0 ? { relation_id: last - n, detail_id: null } : { relation_id: null, detail_id: last - n }),
      receiver_hash: hash(`user ${last - n}`),
      share_hash: n % 5 === 0 ? hash('share') : null,
    };
  });

/** What a seller's transaction does with a list, once it holds the seller. */
const held = (run: (tx: Transaction) => Promise<unknown>) => async (sql: Sql) => {
  const tx = sql as unknown as Transaction;
  await holdSeller(tx, SELLER);
  await run(tx);
};

/** Every statement on a list of so many, of what stands at the end of its table. */
const work = (count: number, last: number) => {
  const ids = many(count, (n) => last - n);
  const wide = { user_id: SELLER, relation_id: WIDE };
  const details = ids.map((id) => 1_000_000 + id);
  return {
    sends: (sql: Sql) => send(sql, SELLER, sends(count, last)),
    receivers: (sql: Sql) =>
      findUsers(
        sql,
        ids.map((id) => (id % 2 ? { user_id: id } : { nick: `user ${id}` })),
      ),
    'sellers of activities': (sql: Sql) => findSellers(sql, ids),
    'benefits to choose': held((tx) =>
      countSelectable(
        tx,
        SELLER,
        ids.map((benefit_id) => ({ benefit_id, config_id: 1 })),
      ),
    ),
    'benefits to relate': held((tx) => addDetails(tx, { user_id: SELLER, relation_id: 2 }, ids)),
    'details to count': held((tx) => countDetails(tx, wide, details)),
    'details to remove': held((tx) => removeDetails(tx, wide, details)),
  };
};

const key = { user_id: null, unique_id: `old ${GROWN}`, receiver_hash: undefined, before: 1_000_000, limit: 10 };

describe.each(KNOWLEDGE)('with plans of small tables, %s', (known) => {
  let grown: Grown;
  beforeAll(async () => {
    const use = async (sql: Sql) => {
      for (const each of Object.values(work(FEW - 1, FEW))) await each(sql);
      await findSends(sql, key);
    };
    grown = await openGrown(known, { fill, use });
  });
  afterAll(() => grown?.close());

  test.each(Object.entries(work(COMMANDS, GROWN)))('%s read a few rows each of large tables', async (_name, run) => {
    expect(sum(await grown.read(run))).toBeLessThan(A_COMMAND * COMMANDS);
  });

  test('the sends of a key are looked up once a seller', async () => {
    const { benefit_send } = await grown.read(async (tx) => expect(await findSends(tx, key)).toHaveLength(1));
    expect(benefit_send).toBe(1);
  });
});
