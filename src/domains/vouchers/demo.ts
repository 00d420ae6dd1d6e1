import type { Queryable, Sql } from '../../database/pool.ts';
import type { Vault } from '../../database/vault.ts';
import { type Batch, consumeCodes, insertBatch, insertCodes, insertGrant } from './queries.ts';
import { CODE_PURPOSE, codeKey } from './rules.ts';

const DEMO_USER_ID = 6100000;
const PARTNER_CODE = 'xuexiqiangguo';
const DAYS_OPEN = 30;

/** Digits and capitals without those that are read for one another: 0 O, 1 I L. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const CODE_LENGTH = 11;
/** Any number not divisible by the alphabet's prime length scatters the codes and keeps them all different. */
const SCATTER = 7_146_305_937_281_641n;

const gmt8 = (text: string): Date => new Date(`${text.replace(' ', 'T')}+08:00`);

const documented: Batch = {
  mix_id: 'code_8ebc4e741689bbc1',
  name: '淘票票示例活动',
  description: '券码描述',
  bind_begin_time: gmt8('2019-12-01 00:00:00'),
  coupon_expire_time: gmt8('2019-12-02 23:59:59'),
  denomination: 400,
  max_bind_count: 4,
  valid_duration_type: 'DAY',
  valid_days: 1,
};

/** Redemptions of the documented batch, in order; the last is that of the documented code. */
const redemptions = [
  { sequence: 2, consumed_at: gmt8('2019-12-01 10:15:20') },
  { sequence: 5, consumed_at: gmt8('2019-12-01 19:30:05') },
  { sequence: 3, consumed_at: gmt8('2019-12-02 08:42:11') },
  { sequence: 8, consumed_at: gmt8('2019-12-02 20:05:47') },
  { sequence: 1, consumed_at: gmt8('2019-12-02 23:59:59') },
];

/** The batch to try redeeming on: valid from the second of `now` for 30 days. */
function openBatch(now: Date): Batch {
  const start = Math.floor(now.getTime() / 1000) * 1000;
  return {
    mix_id: 'code_open',
    name: '现在可用的券码',
    description: null,
    bind_begin_time: new Date(start),
    coupon_expire_time: new Date(start + DAYS_OPEN * 86_400_000),
    denomination: 1000,
    max_bind_count: null,
    valid_duration_type: 'GENERAL',
    valid_days: null,
  };
}

/** The n-th demo code; different numbers give different codes. */
function demoCode(n: number): string {
  const base = BigInt(ALPHABET.length);
  let rest = (BigInt(n) * SCATTER) % base ** BigInt(CODE_LENGTH);
  let code = '';
  for (let place = 0; place < CODE_LENGTH; place++, rest /= base) code += ALPHABET[Number(rest % base)];
  return code;
}

const demoCodes = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => demoCode(from + index));

/** Adds a batch with its codes and its grant to the demo user; false when the batch is there already. */
async function addBatch(tx: Queryable, vault: Vault, batch: Batch, codes: string[]): Promise<boolean> {
  if (!(await insertBatch(tx, batch))) return false;
  await insertGrant(tx, { mix_id: batch.mix_id, partner_code: PARTNER_CODE, user_id: DEMO_USER_ID });
  const rows = codes.map((code) => ({
    code_sealed: vault.seal(CODE_PURPOSE, code),
    code_hash: vault.hash(CODE_PURPOSE, codeKey(batch.mix_id, code)),
  }));
  await insertCodes(tx, batch.mix_id, rows, batch.bind_begin_time);
  return true;
}

/**
 * Loads the demo batches: the documented one with its 100 codes, five of them consumed, and `code_open` with 1,000
 * codes valid for 30 days from the second of `now`. What is there already stays as it is.
 */
export async function loadVouchersDemo({ sql, vault }: { sql: Sql; vault: Vault }, now: Date): Promise<void> {
  await sql.begin(async (tx) => {
    if (await addBatch(tx, vault, documented, ['2X2QFKTZD2K', ...demoCodes(1, 99)]))
      for (const { sequence, consumed_at } of redemptions)
        await consumeCodes(tx, documented.mix_id, [sequence], consumed_at);
    await addBatch(tx, vault, openBatch(now), demoCodes(1001, 1000));
  });
}
