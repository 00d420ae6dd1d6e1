import { afterAll, beforeAll, expect, test } from 'vitest';
import { contextAt } from '../../../../test/harness/context.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/harness/database.ts';
import { connectReadOnly } from '../../../../test/harness/read-only.ts';
import { voucherFindings } from '../../../../test/harness/vouchers.ts';
import type { TopError } from '../../../contract/errors.ts';
import type { Sql } from '../../../database/pool.ts';
import { createVault } from '../../../secrets/vault.ts';
import { makeCodes, setForm } from '../batches/queries.ts';
import { codeHandlers } from '../codes/handlers.ts';
import { GUESS_LIMITS } from '../codes/rules.ts';
import { orderHandlers } from '../orders/handlers.ts';
import { insertBatch, insertCodes, insertGrant } from '../queries.ts';
import { CLEAR_ALPHABET, createSeries } from '../series.ts';
import { keepCode } from '../stored.ts';
import { voucherExplainHandlers } from './handlers.ts';

const NOW = new Date('2026-03-01T10:20:30+08:00');
const FORM = { pattern: 'TPP-########', alphabet: CLEAR_ALPHABET, check: false };
const vault = createVault(Buffer.alloc(32, 3));

let database: TestDatabase;
let reader: Sql;
let codes: ReturnType<typeof codeHandlers>;
let orders: ReturnType<typeof orderHandlers>;
let explain: ReturnType<typeof voucherExplainHandlers>;
beforeAll(async () => {
  database = await createTestDatabase();
  reader = await connectReadOnly(database.sql);
  codes = codeHandlers({ sql: database.sql, vault });
  orders = orderHandlers({ sql: database.sql, vault });
  explain = voucherExplainHandlers({ sql: reader, vault });
});
afterAll(async () => {
  expect(await voucherFindings(database.sql)).toEqual([]);
  await reader.end();
  await database.drop();
});

const day = (text: string): Date => new Date(`${text}T00:00:00+08:00`);
let numbers = 0;

/** A batch with a grant and so many computed codes, and those codes. */
async function batch(mix_id: string, count: number, more: object = {}): Promise<string[]> {
  await insertBatch(database.sql, {
    ...{ mix_id, name: '批次', description: null, denomination: 100, max_bind_count: null },
    ...{ bind_begin_time: day('2026-02-01'), coupon_expire_time: day('2026-12-31') },
    ...{ valid_duration_type: 'GENERAL', valid_days: null, ...more },
  });
  await insertGrant(database.sql, { mix_id, partner_code: 'p', user_id: 6100000 });
  await database.sql.begin(async (tx) => {
    await setForm(tx, mix_id, FORM);
    if (count > 0) await makeCodes(tx, { mix_id, count, job_id: 1 }, NOW);
  });
  return createSeries(vault, mix_id, FORM).codes(Array.from({ length: count }, (_, index) => index + 1));
}

const offShelf = (mix_id: string) => database.sql`update voucher_batch set status = 2 where mix_id = ${mix_id}`;

/** Explains an order of codes, then sends it, and gives the code that both must tell. */
async function sent(request: object, { now = NOW, user_id = 6100000 } = {}): Promise<string> {
  const asked = { mix_id: '', ext_order_id: `order-${++numbers}`, each_num: 1, number: 1, ...request };
  const param = { param_f_code_merchant_send_code_request: asked };
  const {
    result,
    refusal_code: code,
    rules,
  } = await explain['piaoquan.voucher.send.explain']({ ...param, user_id }, contextAt(now));
  const context = { ...contextAt(now), user: { user_id, nick: 'u' } };
  const { return_code } = (await orders['taobao.film.lottery.sendcode'](param, context)).result;
  expect([code ?? '0', result], JSON.stringify(rules)).toEqual([return_code, return_code === '0']);
  return return_code;
}

test('an order of codes is refused as explained, in the order of the rules', async () => {
  await batch('send', 5);
  expect(await sent({ mix_id: 'send', user_id_list: 'a|b', number: 3 })).toBe('200400');
  expect(await sent({ mix_id: 'nowhere' })).toBe('200404');
  expect(await sent({ mix_id: 'send' }, { user_id: 7 })).toBe('200404');
  expect(await sent({ mix_id: 'send', partner_code: 'other' })).toBe('200404');
  expect(await sent({ mix_id: 'send', number: 6, each_num: 6 })).toBe('200410');
  const first = { mix_id: 'send', ext_order_id: 'first', number: 4, each_num: 2, user_id_list: 'a|b' };
  expect(await sent(first)).toBe('0');
  expect(await sent({ mix_id: 'send', number: 2, each_num: 2 })).toBe('200410');
  expect(await sent({ ...first, user_id_list: 'a|c' })).toBe('200409');
  await offShelf('send');
  expect(await sent({ mix_id: 'send' })).toBe('200405');
  expect(await sent(first)).toBe('0');
  await batch('send-late', 5);
  expect(await sent({ ...first, mix_id: 'send-late' })).toBe('200409');
  expect(await sent({ mix_id: 'send-late' }, { now: day('2026-12-31') })).toBe('0');
  expect(await sent({ mix_id: 'send-late' }, { now: new Date(day('2026-12-31').getTime() + 1000) })).toBe('200406');
});

test('a code that was passed over while it was consumed is not issued later', async () => {
  const [one = ''] = await batch('passed', 2);
  const request = (unique_id: string) => ({ mix_id: 'passed', codes: [one], unique_id });
  await codes['piaoquan.voucher.code.consume'](request('use'), contextAt(NOW));
  expect(await sent({ mix_id: 'passed' })).toBe('0');
  await codes['piaoquan.voucher.code.consume.reverse'](request('back'), contextAt(NOW));
  expect(await sent({ mix_id: 'passed' })).toBe('200410');
});

type Bind = { mix_id: string; code: string; user_id?: string; app_key?: string };
const asked = ({ mix_id, code, user_id = 'u' }: Bind) => ({ mix_id, code, user_id });

/** Binds a code: the word for it, or the error of the method. */
async function bound(bind: Bind, now: Date): Promise<string> {
  const { code, ...request } = asked(bind);
  const wanted = { ...request, codes: [code], unique_id: `bind-${++numbers}` };
  return codes['piaoquan.voucher.code.bind'](wanted, contextAt(now, bind.app_key)).then(
    ({ results }) => results[0]?.result as string,
    (error: TopError) => error.body.sub_code as string,
  );
}

/** Explains a binding, then binds, and gives what both must tell. */
async function both(bind: Bind, now = NOW): Promise<string> {
  const {
    refusal_code: code,
    result,
    rules,
  } = await explain['piaoquan.voucher.bind.explain'](asked(bind), contextAt(now, bind.app_key));
  const word = await bound(bind, now);
  expect([code ?? 'OK', result], JSON.stringify(rules)).toEqual([word, word === 'OK']);
  return word;
}

test('a binding is refused as explained, in the order of the rules', async () => {
  const [one = '', two = '', three = '', four = ''] = await batch('bind', 4, { max_bind_count: 2 });
  const request = (list: string[]) => ({ mix_id: 'bind', codes: list, unique_id: `op-${++numbers}` });
  expect(await both({ mix_id: 'nowhere', code: one })).toBe('isv.voucher-batch-not-exist');
  expect(await both({ mix_id: 'bind', code: 'TPP-22222222' })).toBe('NOT_FOUND');
  expect(await both({ mix_id: 'bind', code: one }, new Date(day('2026-02-01').getTime() - 1))).toBe('NOT_STARTED');
  expect(await both({ mix_id: 'bind', code: one }, day('2027-01-01'))).toBe('EXPIRED');
  expect(await both({ mix_id: 'bind', code: one })).toBe('OK');
  expect(await both({ mix_id: 'bind', code: one })).toBe('BOUND');
  expect(await both({ mix_id: 'bind', code: one, user_id: 'v' })).toBe('BOUND_BY_OTHER');
  expect(await both({ mix_id: 'bind', code: two })).toBe('OK');
  expect(await both({ mix_id: 'bind', code: three })).toBe('LIMIT');
  await codes['piaoquan.voucher.code.void'](request([two]), contextAt(NOW));
  expect(await both({ mix_id: 'bind', code: two })).toBe('VOIDED');
  await codes['piaoquan.voucher.code.consume'](request([four]), contextAt(NOW));
  expect(await both({ mix_id: 'bind', code: four })).toBe('CONSUMED');
  expect(await both({ mix_id: 'bind', code: three })).toBe('OK');
  await offShelf('bind');
  expect(await both({ mix_id: 'bind', code: one })).toBe('OFF_SHELF');
});

test('the days of a bound code and codes that were imported are judged as the method judges them', async () => {
  const [code = ''] = await batch('days', 1, { valid_duration_type: 'DAY', valid_days: 2 });
  expect(await both({ mix_id: 'days', code })).toBe('OK');
  expect(await both({ mix_id: 'days', code }, new Date(NOW.getTime() + 2 * 86_400_000))).toBe('BOUND');
  expect(await both({ mix_id: 'days', code }, new Date(NOW.getTime() + 2 * 86_400_000 + 1000))).toBe('EXPIRED');
  await insertBatch(database.sql, {
    ...{ mix_id: 'own', name: '批次', description: null, denomination: 100, max_bind_count: null },
    ...{ bind_begin_time: day('2026-02-01'), coupon_expire_time: day('2026-12-31') },
    ...{ valid_duration_type: 'GENERAL', valid_days: null },
  });
  await insertCodes(database.sql, 'own', [keepCode(vault, 'own', 'MINE')], NOW);
  expect(await both({ mix_id: 'own', code: 'YOURS' })).toBe('NOT_FOUND');
  expect(await both({ mix_id: 'own', code: 'MINE' })).toBe('OK');
});

test('a caller that guessed too often is told so, before and after the lock, until it ends', async () => {
  const [code = ''] = await batch('guess', 1);
  const wrong = (n: number) => `TPP-2222${String(n).padStart(4, '2').replace(/[01]/g, '9')}`;
  const user = { mix_id: 'guess', user_id: 'guesser', app_key: 'guessing' };
  const { rules } = await explain['piaoquan.voucher.bind.explain']({ ...asked({ ...user, code }) }, contextAt(NOW));
  expect(rules.find(({ rule }) => rule === 'user_guesses')).toMatchObject({ passed: true });
  for (let n = 0; n < GUESS_LIMITS.user.wrong; n++)
    expect(await both({ ...user, code: wrong(222 + n) })).toBe('NOT_FOUND');
  expect(await both({ ...user, code: wrong(999) })).toBe('isv.voucher-guess-limit');
  expect(await both({ ...user, code })).toBe('isv.voucher-guess-limit');
  expect(await both({ ...user, code }, new Date(NOW.getTime() + GUESS_LIMITS.user.lock * 1000))).toBe('OK');
});

test('without a code batch and user are judged, while the batch is locked by others', async () => {
  await batch('locked', 1, { max_bind_count: 1 });
  await database.sql.begin(async (tx) => {
    await tx`select from voucher_batch b join voucher_code c using (mix_id) where mix_id = 'locked' for update`;
    const { result, rules } = await explain['piaoquan.voucher.bind.explain'](
      { mix_id: 'locked', user_id: 'u' },
      contextAt(NOW),
    );
    expect(result).toBe(true);
    expect(rules.map(({ rule }) => rule)).toEqual([
      'batch',
      'app_guesses',
      'user_guesses',
      'begun',
      'not_expired',
      'on_shelf',
      'bind_limit',
    ]);
    expect(rules.every(({ reason_zh, reason_en }) => reason_zh !== '' && /^[ -~]+$/.test(reason_en))).toBe(true);
  });
});
