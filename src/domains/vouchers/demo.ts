import { gmt8 } from '../../contract/gmt8.ts';
import { demoEnd } from '../../database/demo-end.ts';
import type { Queryable, Sql } from '../../database/pool.ts';
import type { Vault } from '../../secrets/vault.ts';
import { makeCodes, setForm } from './batches/queries.ts';
import { type Batch, consumeCodes, insertBatch, insertCodes, insertGrant } from './queries.ts';
import { CLEAR_ALPHABET } from './series.ts';
import { keepCode } from './stored.ts';

const DEMO_USER_ID = 6100000;
const PARTNER_CODE = 'xuexiqiangguo';
const CODE_LENGTH = 11;
/** Any number not divisible by the alphabet's prime length scatters the codes and keeps them all different. */
const SCATTER = 7_146_305_937_281_641n;

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

/** A batch to try things on: valid from the second of `now`. */
function openBatch(mix_id: string, name: string, now: Date): Batch {
  const start = Math.floor(now.getTime() / 1000) * 1000;
  return {
    mix_id,
    name,
    description: null,
    bind_begin_time: new Date(start),
    coupon_expire_time: demoEnd(now),
    denomination: 1000,
    max_bind_count: null,
    valid_duration_type: 'GENERAL',
    valid_days: null,
  };
}

/** The n-th demo code; different numbers give different codes. */
function demoCode(n: number): string {
  const base = BigInt(CLEAR_ALPHABET.length);
  let rest = (BigInt(n) * SCATTER) % base ** BigInt(CODE_LENGTH);
  let code = '';
  for (let place = 0; place < CODE_LENGTH; place++, rest /= base) code += CLEAR_ALPHABET[Number(rest % base)];
  return code;
}

const demoCodes = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => demoCode(from + index));

/** Adds a batch with its grant to the demo user; false when it is there already. */
async function addBatch(tx: Queryable, batch: Batch, partner_code: string): Promise<boolean> {
  if (!(await insertBatch(tx, batch))) return false;
  await insertGrant(tx, { mix_id: batch.mix_id, partner_code, user_id: DEMO_USER_ID });
  return true;
}

async function addCodes(tx: Queryable, vault: Vault, batch: Batch, codes: string[]): Promise<void> {
  const rows = codes.map((code) => keepCode(vault, batch.mix_id, code));
  await insertCodes(tx, batch.mix_id, rows, batch.bind_begin_time);
}

/**
 * Loads the demo batches: the documented one of the export with its 100 codes, five of them consumed, and two that are
 * valid from the second of `now`: `code_open` with 1,000 stored codes, and the documented one of sendcode with
 * 1,000 computed ones. What is there already stays as it is.
 */
export async function loadVouchersDemo({ sql, vault }: { sql: Sql; vault: Vault }, now: Date): Promise<void> {
  await sql.begin(async (tx) => {
    if (await addBatch(tx, documented, PARTNER_CODE)) {
      await addCodes(tx, vault, documented, ['2X2QFKTZD2K', ...demoCodes(1, 99)]);
      for (const { sequence, consumed_at } of redemptions)
        await consumeCodes(tx, documented.mix_id, [sequence], consumed_at);
    }
    const open = openBatch('code_open', '现在可用的券码', now);
    if (await addBatch(tx, open, PARTNER_CODE)) await addCodes(tx, vault, open, demoCodes(1001, 1000));
    const sent = openBatch('a09da62085f10074', '外部直发的券码', now);
    if (await addBatch(tx, sent, 'tfxenia')) {
      await setForm(tx, sent.mix_id, { pattern: 'TPP-########', alphabet: CLEAR_ALPHABET, check: false });
      await makeCodes(tx, { mix_id: sent.mix_id, count: 1000, job_id: 0 }, sent.bind_begin_time);
    }
  });
}
