import { batchBoard, codeSearch, type voucherReadContracts } from '../../../contract/admin-voucher-reads.ts';
import { platformError } from '../../../contract/errors.ts';
import { fault, type Handlers } from '../../../contract/method.ts';
import type { Sql } from '../../../database/pool.ts';
import type { Vault } from '../../../database/vault.ts';
import { USER_PURPOSE } from '../codes/handlers.ts';
import { maskUser } from '../codes/rules.ts';
import { NICK_PURPOSE } from '../orders/handlers.ts';
import { CODE_PURPOSE, codeKey, codeState } from '../rules.ts';
import { createSeries } from '../series.ts';
import {
  type CodePlace,
  countNormal,
  type FoundCode,
  findAllCatalogues,
  findCounts,
  findOwned,
  findPlaced,
  findStored,
} from './queries.ts';
import { boardOf, maskCode, readPlace, stepOf, writePlace } from './rules.ts';

type Parts = { readonly sql: Sql; readonly vault: Vault };

const PAGE_SIZE = 50;
/** Batches in which a code is looked for. */
const MOST_BATCHES = 10_000;

/** What the console reads of the vouchers beside their administration. */
export const voucherReadHandlers = ({ sql, vault }: Parts): Handlers<typeof voucherReadContracts> => ({
  'piaoquan.voucher.batch.board': async ({ mix_id }, { now }) => {
    const counts = await findCounts(sql, mix_id);
    if (counts === undefined) throw fault(batchBoard, 'isv.voucher-batch-not-exist');
    const step = stepOf(counts.total_count);
    return { mix_id, ...counts, ...boardOf(counts, await countNormal(sql, mix_id, step, now), step > 1) };
  },
  'piaoquan.voucher.code.search': async ({ code, user_id, mix_id = null, cursor, page_size }, { now }) => {
    const after = cursor ? readPlace(cursor) : null;
    if (after === undefined)
      throw platformError('invalid-arguments', { argument: 'cursor', sub_msg: '参数 cursor 不合法：应为 next_cursor' });
    const limit = page_size ?? PAGE_SIZE;
    const found = await find({ sql, vault }, { code, user_id, mix_id }, after, limit + 1);
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return {
      codes: page.map((each) => show(vault, each, now)),
      ...(found.length > limit && last && { next_cursor: writePlace(last) }),
    };
  },
});

type Wanted = { code?: string | null | undefined; user_id?: string | null | undefined; mix_id: string | null };

/** The codes of a text or of a user. Texts are not counted as guesses: who may search may export every code anyway. */
async function find(
  { sql, vault }: Parts,
  { code, user_id, mix_id }: Wanted,
  after: CodePlace | null,
  limit: number,
): Promise<FoundCode[]> {
  if (code) return findPlaced(sql, await placesOf({ sql, vault }, code, mix_id), after, limit);
  if (!user_id) throw fault(codeSearch, 'isv.search-too-wide');
  const bound_hash = vault.hash(USER_PURPOSE, user_id).toString('hex');
  const names = [user_id, vault.hash(NICK_PURPOSE, user_id).toString('hex')];
  return findOwned(sql, { bound_hash, names, mix_id }, after, limit);
}

/** Where a code's text stands: computed batch by batch, or found by its hash where codes are stored. */
async function placesOf({ sql, vault }: Parts, code: string, mix_id: string | null): Promise<CodePlace[]> {
  const batches = await findAllCatalogues(sql, mix_id, MOST_BATCHES);
  const computed = batches.flatMap(({ mix_id: own, form, total_count }) => {
    if (form === null || form.pattern.length !== code.length) return [];
    const sequence = createSeries(vault, own, form).sequence(code);
    return sequence !== undefined && sequence <= total_count ? [{ mix_id: own, sequence }] : [];
  });
  const stored = batches.filter(({ form }) => form === null);
  const hashes = stored.map(({ mix_id: own }) => ({
    mix_id: own,
    hash: vault.hash(CODE_PURPOSE, codeKey(own, code)).toString('hex'),
  }));
  return [...computed, ...(await findStored(sql, hashes))];
}

function show(vault: Vault, { bound_sealed, issued_to: _kept, form, code_sealed, ...code }: FoundCode, now: Date) {
  const text =
    form === null
      ? vault.open(CODE_PURPOSE, Buffer.from(code_sealed as string, 'hex'))
      : (createSeries(vault, code.mix_id, form).codes([code.sequence])[0] as string);
  const user = bound_sealed === null ? undefined : vault.open(USER_PURPOSE, Buffer.from(bound_sealed, 'hex'));
  return {
    ...code,
    ...codeState({ ...code, bound: code.bound_time !== null }, now),
    code_masked: maskCode(text),
    bound_user: user === undefined ? undefined : maskUser(user),
  };
}
