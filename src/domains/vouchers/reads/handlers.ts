import { type CallContext, fault, type Handlers } from '../../../contract/method.ts';
import { CONSOLE_APP_KEY } from '../../../contract/platform/roles.ts';
import { batchBoard, codeSearch, type voucherReadContracts } from '../../../contract/vouchers/reads.ts';
import type { Sql } from '../../../database/pool.ts';
import { mask, maskAllBut } from '../../../secrets/masks.ts';
import { personOf, storedUser } from '../../../secrets/personal.ts';
import type { Vault } from '../../../secrets/vault.ts';
import { ANY_TEXT, jsonCursor, pageOf } from '../../paging.ts';
import { createGuesses, waitWords } from '../codes/guesses.ts';
import { hashUser, USER_PURPOSE } from '../codes/handlers.ts';
import { NICK_PURPOSE } from '../orders/handlers.ts';
import { codeState } from '../rules.ts';
import { createSeries } from '../series.ts';
import { openBinder, openStored } from '../stored.ts';
import { findTyped } from '../typed.ts';
import {
  type CodeCursor,
  countNormal,
  type FoundCode,
  findAllCatalogues,
  findCounts,
  findOrdered,
  findOwned,
  findPlaced,
  type Owner,
} from './queries.ts';
import { boardOf, stepOf } from './rules.ts';

type Parts = { readonly sql: Sql; readonly vault: Vault };

/** Batches in which a code is looked for. */
const MOST_BATCHES = 10_000;
/** Codes of one order number. */
const MOST_ORDERED = 10_000;

const CODES = jsonCursor({ mix_id: ANY_TEXT, sequence: 'number' });

/** What the console reads of the vouchers beside their administration. */
export const voucherReadHandlers = ({ sql, vault }: Parts): Handlers<typeof voucherReadContracts> => ({
  ...searchHandlers({ sql, vault }),
  'piaoquan.voucher.batch.board': async ({ mix_id }, { now }) => {
    const counts = await findCounts(sql, mix_id);
    if (counts === undefined) throw fault(batchBoard, 'isv.voucher-batch-not-exist');
    const step = stepOf(counts.total_count);
    return { mix_id, ...counts, ...boardOf(counts, await countNormal(sql, mix_id, step, now), step > 1) };
  },
});

/** Finds codes by their text, which counts as a guess when there is no such code, or by their user. */
function searchHandlers({
  sql,
  vault,
}: Parts): Pick<Handlers<typeof voucherReadContracts>, (typeof codeSearch)['name']> {
  const waitFor = createGuesses(sql);
  /** Where a code stands, once its app, and in the console its operator, may ask. */
  const placesFor = async (code: string, mix_id: string | null, { app_key, actor, now }: CallContext) => {
    const places = await placesOf({ sql, vault }, code, mix_id);
    const caller = app_key === CONSOLE_APP_KEY ? vault.hash(USER_PURPOSE, `operator ${actor}`).toString('hex') : null;
    const wait = await waitFor({ app_key, caller, wrong: places.length === 0 ? 1 : 0, now });
    if (wait > 0) throw fault(codeSearch, 'isv.voucher-guess-limit', waitWords(wait));
    return places;
  };
  return {
    'piaoquan.voucher.code.search': async (
      { code, user_id, ext_order_id, mix_id = null, cursor, page_size },
      context,
    ) => {
      const after = CODES.read(cursor) ?? null;
      if (!code && !user_id && !ext_order_id) throw fault(codeSearch, 'isv.search-too-wide');
      const places = code
        ? await placesFor(code, mix_id, context)
        : !user_id && (await findOrdered(sql, ext_order_id as string, mix_id, MOST_ORDERED));
      const find = (limit: number) =>
        places
          ? findPlaced(sql, places, after, limit)
          : findOwned(sql, ownerOf(vault, user_id as string, mix_id), after, limit);
      const page = await pageOf(page_size, find, CODES.write);
      return { codes: page.rows.map((each) => show(vault, each, context.now)), next_cursor: page.next_cursor };
    },
  };
}

const ownerOf = (vault: Vault, user_id: string, mix_id: string | null): Owner => ({
  bound_hash: hashUser(vault, user_id),
  names: [storedUser(vault, user_id), vault.hash(NICK_PURPOSE, personOf(user_id)).toString('hex')],
  mix_id,
});

/** Where a code stands by what was typed for it. */
async function placesOf({ sql, vault }: Parts, code: string, mix_id: string | null): Promise<CodeCursor[]> {
  const batches = await findAllCatalogues(sql, mix_id, MOST_BATCHES);
  const found = await findTyped(
    { sql, vault },
    batches.map((batch) => ({ batch, text: code })),
  );
  return found.flatMap((each) => (each === null ? [] : [{ mix_id: each.mix_id, sequence: each.sequence }]));
}

function show(vault: Vault, { bound_sealed, issued_to: _kept, form, code_sealed, ...code }: FoundCode, now: Date) {
  const text =
    form === null
      ? openStored(vault, Buffer.from(code_sealed as string, 'hex'))
      : (createSeries(vault, code.mix_id, form).codes([code.sequence])[0] as string);
  const user = bound_sealed === null ? undefined : openBinder(vault, code.mix_id, bound_sealed);
  return {
    ...code,
    ...codeState({ ...code, bound: code.bound_time !== null }, now),
    code_masked: maskAllBut(3, text),
    bound_user: user === undefined ? undefined : mask(user),
  };
}
