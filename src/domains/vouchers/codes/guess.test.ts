import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/harness/database.ts';
import { openProxy } from '../../../../test/harness/proxy.ts';
import { until } from '../../../../test/harness/until.ts';
import type { TopError } from '../../../contract/errors.ts';
import { connect, type Sql } from '../../../database/pool.ts';
import { createVault } from '../../../secrets/vault.ts';
import { makeCodes, saveBatch, setForm } from '../batches/queries.ts';
import { CLEAR_ALPHABET, createSeries } from '../series.ts';
import { codeHandlers } from './handlers.ts';
import { GUESS_LIMITS } from './rules.ts';

const NOW = new Date('2026-03-01T10:20:30+08:00');
const FORM = { pattern: '############', alphabet: CLEAR_ALPHABET, check: false };
const { app, user } = GUESS_LIMITS;
const vault = createVault(randomBytes(32));
const codes = createSeries(vault, 'code_guess', FORM).codes(Array.from({ length: 200 }, (_, index) => index + 1));

let database: TestDatabase;
let others: Sql[];
beforeAll(async () => {
  database = await createTestDatabase();
  others = [connect(database.target), connect(database.target)];
  await saveBatch(database.sql, {
    mix_id: 'code_guess',
    name: '批次',
    description: null,
    bind_begin_time: new Date('2026-01-01T00:00:00+08:00'),
    coupon_expire_time: new Date('2026-12-31T23:59:59+08:00'),
    denomination: 100,
    max_bind_count: null,
    valid_duration_type: 'GENERAL',
    valid_days: null,
  });
  await database.sql.begin(async (tx) => {
    await setForm(tx, 'code_guess', FORM);
    await makeCodes(tx, { mix_id: 'code_guess', count: codes.length, job_id: 1 }, NOW);
  });
});
afterAll(async () => {
  for (const sql of others) await sql.end();
  await database.drop();
});

/** The handlers as each of three processes would have them. */
const processes = () => [database.sql, ...others].map((sql) => codeHandlers({ sql, vault }));

let next = 0;
const wrongCode = () =>
  `WRANG${(next++)
    .toString(8)
    .padStart(7, '0')
    .replace(/./g, (digit) => String(+digit + 2))}`;
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

type Ask = { app_key: string; user_id?: string; now?: Date; unique_id?: string };

/** What became of a try of codes: words, or the refusal. */
async function attempt(list: string[], { app_key, user_id, now = NOW, ...ask }: Ask, at = processes()[0]!) {
  try {
    const unique_id = ask.unique_id ?? randomBytes(9).toString('hex');
    const request = { mix_id: 'code_guess', codes: list, unique_id, user_id };
    const context = { app_key, now, request_id: 'r', host: 'localhost', actor: '12345678', method: 'test' };
    return (await at['piaoquan.voucher.code.consume'](request, context)).results.map(({ result }) => result);
  } catch (error) {
    const { sub_code, sub_msg } = (error as TopError).body;
    return `${sub_code} ${/\d+/.exec(sub_msg ?? '')?.[0]}`;
  }
}

test('a user who names one wrong code too many is refused for as long as the rule says, right codes too', async () => {
  const ask = { app_key: '1', user_id: 'u' };
  for (let n = 0; n < user.wrong; n++) expect(await attempt([wrongCode()], ask)).toEqual(['NOT_FOUND']);
  expect(await attempt([codes[0]!], ask)).toEqual(['OK']);
  expect(await attempt([wrongCode()], ask)).toBe(`isv.voucher-guess-limit ${user.lock}`);
  expect(await attempt([codes[1]!], { ...ask, now: later(60) })).toBe(`isv.voucher-guess-limit ${user.lock - 60}`);
  expect(await attempt([codes[1]!], { ...ask, user_id: 'v' })).toEqual(['OK']);
  expect(await attempt([codes[2]!], { ...ask, now: later(user.lock) })).toEqual(['OK']);
});

test('wrong codes of an earlier window do not count', async () => {
  const ask = { app_key: '2', user_id: 'u' };
  for (let n = 0; n < user.wrong; n++) await attempt([wrongCode()], ask);
  expect(await attempt([wrongCode()], { ...ask, now: later(user.window) })).toEqual(['NOT_FOUND']);
  expect(await attempt([wrongCode()], { ...ask, now: later(user.window + 1) })).toEqual(['NOT_FOUND']);
});

test('a call that was answered is answered again while its caller is shut out', async () => {
  const ask = { app_key: '8', user_id: 'u', unique_id: 'again' };
  const list = [wrongCode(), wrongCode(), wrongCode(), codes[5]!];
  for (let times = 0; times < 5; times++)
    expect(await attempt(list, ask)).toEqual(['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND', 'OK']);
  const locked = `isv.voucher-guess-limit ${user.lock}`;
  expect(await attempt([wrongCode()], { app_key: '8', user_id: 'u' })).toBe(locked);
  expect(await attempt(list, ask)).toEqual(['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND', 'OK']);
  // Another question under its number is a question all the same.
  expect(await attempt([wrongCode()], ask)).toBe(locked);
});

test('a list with more wrong codes than are left is refused whole and tells nothing of them', async () => {
  const ask = { app_key: '3', user_id: 'u' };
  const list = [codes[3]!, ...Array.from({ length: user.wrong + 1 }, wrongCode)];
  expect(await attempt(list, ask)).toBe(`isv.voucher-guess-limit ${user.lock}`);
  expect(await attempt([codes[3]!], { app_key: '3', user_id: 'w' })).toEqual(['OK']);
});

test('an app as a whole is counted whatever users it names, and other apps are not', async () => {
  const lists = Array.from({ length: app.wrong / 10 }, () => Array.from({ length: 10 }, wrongCode));
  for (const [n, list] of lists.entries())
    expect(await attempt(list, { app_key: '4', user_id: `user${n}` })).toHaveLength(10);
  expect(await attempt([wrongCode()], { app_key: '4', user_id: 'fresh' })).toBe(`isv.voucher-guess-limit ${app.lock}`);
  expect(await attempt([codes[4]!], { app_key: '4' })).toBe(`isv.voucher-guess-limit ${app.lock}`);
  expect(await attempt([codes[4]!], { app_key: '5' })).toEqual(['OK']);
});

test('over three processes at once exactly as many wrong codes are answered as allowed', async () => {
  const all = processes();
  // All connections are made, so that the three meet.
  await Promise.all(all.flatMap((each) => [1, 2, 3].map((n) => attempt([codes[n]!], { app_key: '60' }, each))));
  for (let round = 1; round <= 12; round++) {
    const ask = { app_key: `6${round}`, user_id: 'u' };
    const results = await Promise.all(Array.from({ length: 45 }, (_, n) => attempt([wrongCode()], ask, all[n % 3])));
    expect(results.filter((each) => Array.isArray(each))).toHaveLength(user.wrong);
    expect(new Set(results.filter((each) => !Array.isArray(each)))).toEqual(
      new Set([`isv.voucher-guess-limit ${user.lock}`]),
    );
  }
});

test('right codes among guesses made at once are only answered before the limit', async () => {
  const all = processes();
  const ask = { app_key: '7', user_id: 'u' };
  // One process, one turn of the event loop: the calls are counted in this order.
  const order = Array.from({ length: 60 }, (_, n) => (n % 6 === 5 ? codes[100 + n]! : wrongCode()));
  const results = await Promise.all(order.map((code) => attempt([code], ask, all[0])));
  const answered = results.filter((each) => Array.isArray(each)).flat();
  expect(answered.filter((word) => word === 'NOT_FOUND')).toHaveLength(user.wrong);
  expect(answered.filter((word) => word === 'OK').length).toBeLessThanOrEqual(2);
});

test('a count whose answer is lost is made again: its caller is shut out early rather than told one wrong code more', async () => {
  const proxy = await openProxy(database.target);
  const [sql, keeper] = [connect(proxy.target), connect(database.target, { max: 1 })];
  const [at, ask] = [codeHandlers({ sql, vault }), { app_key: '9', user_id: 'u' }];
  const more = user.wrong / 2 + 1;
  expect(await attempt([codes[6]!], ask, at)).toEqual(['OK']);
  // The count waits in the database until nobody hears its answer.
  await keeper`select pg_advisory_lock(hashtextextended('voucher_guess 9', 0))`;
  const answer = attempt(Array.from({ length: more }, wrongCode), ask, at);
  // Of this database: other tests wait for locks of their own.
  const waiting = () => database.sql`
    select 1 from pg_locks join pg_database d on d.oid = database
    where locktype = 'advisory' and not granted and d.datname = current_database()`;
  await until(waiting, ({ length }) => length > 0);
  await proxy.set('silent');
  await keeper`select pg_advisory_unlock_all()`;
  const counted = () => database.sql`select wrong from voucher_guess where app_key = '9' and caller = ''`;
  await until(counted, ([row]) => row?.wrong === more);
  await proxy.set('open');
  expect(await answer).toBe(`isv.voucher-guess-limit ${user.lock}`);
  expect((await counted())[0]).toEqual({ wrong: 2 * more });
  await keeper.end();
  await sql.end();
  await proxy.close();
});
