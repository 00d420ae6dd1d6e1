import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FEW, GROWN, type Grown, KNOWLEDGE, many, openGrown, sum } from '../../../test/harness/grown.ts';
import type { Sql } from '../../database/pool.ts';
import { charge, findVipStatus } from './charge/queries.ts';
import { findPlans, findReceived, receive } from './queries.ts';

const NOW = new Date('2026-03-01T00:00:00Z');
const SECOND = NOW.getTime() / 1000;
const COMMANDS = 100;
/** Rows read for each command: an eighth of what any other plan reads. */
const A_COMMAND = 6;
/** The same for a command of a person who has two names. */
const A_PERSON = 12;
const SOURCE = { source: 'source', perform_type: 1 };

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
const orderNo = (n: number): string => `order number ${String(n).padStart(9, '0')}`;

async function fill(sql: Sql, from: number, to: number): Promise<void> {
  const numbers = sql`generate_series(${from}::int, ${to}::int) n`;
  await sql`insert into sendplan_isv (isv_id, isv_name) select n, '' from ${numbers}`;
  await sql`insert into sendplan_circle (isv_id, circle_id, circle_name) select n, 1, '' from ${numbers}`;
  await sql`
    insert into sendplan (id, isv_id, circle_id, name, start_time, end_time, count_limit)
    select n, n, 1, '', '2020-01-01', '2040-01-01', 2 from ${numbers}`;
  await sql`insert into sendplan_item (plan_id, id, name, weight) select n, 1, '', 1 from ${numbers}`;
  await sql`
    insert into sendplan_receipt (plan_id, request_id, user_hash, user_sealed, circle_content, item_id, item_name, units,
      start_time, end_time, user_ordinal, receive_day, day_ordinal, day_limit, received_at)
    select 1, 'old ' || n, sha256(('user ' || n)::bytea), '', '', 1, '', 1, ${NOW}, ${NOW}, 1, '2020-01-01', 1, 1, ${NOW}
    from ${numbers}`;
  await sql`
    insert into sendplan_person select sha256((kind || n)::bytea), sha256(('linked ' || n)::bytea)
    from ${numbers}, unnest(array['linked ', 'phone ']) kind`;
  await sql`
    insert into sendplan_biz (biz_code, source, perform_type, auto_renew, status, secret_sealed, private_key_sealed, public_key)
    select 'biz', 'source', 1, false, 1, '', '', '' where ${from} = 1`;
  await sql`
    insert into sendplan_vip (biz_code, member_hash, member_sealed, charge_count, start_time, end_time, renewing)
    select 'biz', sha256(('user ' || n)::bytea), '', 1, '2020-01-01', '2040-01-01', true from ${numbers}`;
  await sql`
    insert into sendplan_charge (biz_code, order_no, member_hash, start_time, end_time, charged_at)
    select 'biz', 'order number ' || lpad(n::text, 9, '0'), sha256(('user ' || n)::bytea), '2020-01-01', '2040-01-01', ${NOW}
    from ${numbers}`;
}

/** Names of a person who has two: of whom this is known, and every third time of one who is seen with both just now. */
const namesOf = (n: number): readonly [string, string] => [
  hash(`linked ${n}`),
  hash(`${n % 3 === 0 ? 'new' : 'phone'} ${n}`),
];

/** The statements on a list of so many persons who have two names, of what stands at the end of its table. */
const personalWork = (count: number, last: number) => ({
  'receives of persons': (sql: Sql) =>
    receive(
      sql,
      1,
      many(count, (n) => {
        const [user_hash, also] = namesOf(last - n);
        const place = { isv_id: 1, circle_id: 1, circle_content: '' };
        return { at: NOW.getTime(), ...place, user_hash, also: [also], user_sealed: '', request_id: null, draw: 0.5 };
      }),
    ),
  'what persons received': (sql: Sql) =>
    findReceived(
      sql,
      many(count, (n) => ({ plans: [1, 2], names: namesOf(last - n), second: SECOND })),
    ),
});

/** Every statement on a list of so many, of what stands at the end of its table; a part repeats what was asked before. */
const work = (count: number, last: number) => ({
  receives: (sql: Sql) =>
    receive(
      sql,
      1,
      many(count, (n) => ({
        ...{ at: NOW.getTime(), isv_id: 1, circle_id: 1, circle_content: '', user_sealed: '', draw: 0.5 },
        user_hash: hash(`user ${last - n}`),
        request_id: n % 3 === 0 ? null : `${n % 3 === 1 ? 'old' : 'new'} ${last - n}`,
      })),
    ),
  charges: (sql: Sql) =>
    charge(
      sql,
      'biz',
      many(count, (n) => ({
        ...{ at: NOW.getTime(), member_sealed: '', member_hash: hash(`user ${last - n}`) },
        order_no: orderNo(n % 2 === 0 ? last - n : GROWN + n),
      })),
    ),
  memberships: (sql: Sql) =>
    findVipStatus(
      sql,
      many(count, (n) => ({ ...SOURCE, member_hash: hash(`user ${last - n}`), second: SECOND })),
    ),
  'plans of circles': (sql: Sql) =>
    findPlans(
      sql,
      many(count, (n) => ({ isv_id: last - n, circle_id: 1, circle_content: '', second: SECOND })),
    ),
});

describe.each(KNOWLEDGE)('with plans of small tables, %s', (known) => {
  let grown: Grown;
  beforeAll(async () => {
    const use = async (sql: Sql) => {
      for (const each of Object.values({ ...work(FEW - 1, FEW), ...personalWork(FEW - 1, FEW) })) await each(sql);
    };
    grown = await openGrown(known, { fill, use });
  });
  afterAll(() => grown?.close());

  test.each(Object.entries(work(COMMANDS, GROWN)))('%s read a few rows each of large tables', async (_name, run) => {
    const read = await grown.read(async (tx) => expect(await run(tx)).toHaveLength(COMMANDS));
    expect(sum(read)).toBeLessThan(A_COMMAND * COMMANDS);
  });

  test.each(Object.entries(personalWork(COMMANDS, GROWN)))('%s read a few rows each too', async (_name, run) => {
    const read = await grown.read(async (tx) => expect(await run(tx)).toHaveLength(COMMANDS));
    expect(sum(read)).toBeLessThan(A_PERSON * COMMANDS);
  });
});
