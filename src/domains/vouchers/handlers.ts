import type { Handlers } from '../../contract/method.ts';
import type { adminVoucherContracts } from '../../contract/vouchers/admin.ts';
import type { fcodeContracts } from '../../contract/vouchers/fcode.ts';
import type { JobStep } from '../../database/jobs.ts';
import type { Sql } from '../../database/pool.ts';
import type { Vault } from '../../secrets/vault.ts';
import { batchHandlers, generateStep } from './batches/handlers.ts';
import { codeHandlers } from './codes/handlers.ts';
import { importHandlers, importStep } from './imports/handlers.ts';
import { orderHandlers } from './orders/handlers.ts';
import { type BatchPage, findChangePlace, findPage, type PageQuery, type StoredCode } from './queries.ts';
import { CHANGES_FROM, checkAllParams, codeState, type PageParams, readPageParams } from './rules.ts';
import { createSeries } from './series.ts';
import { openStored } from './stored.ts';

/**
 * The handlers of the voucher codes. A batch that does not exist and one that the caller may not see give the same
 * answer, so that nobody learns which batches there are.
 */
export const voucherHandlers = ({
  sql,
  vault,
}: {
  sql: Sql;
  vault: Vault;
}): Handlers<readonly [...typeof fcodeContracts, ...typeof adminVoucherContracts]> => ({
  ...orderHandlers({ sql, vault }),
  ...batchHandlers({ sql }),
  ...importHandlers({ sql, vault }),
  ...codeHandlers({ sql, vault }),
  'taobao.film.fcode.export.query': async (request, { user, now }) => {
    const { mix_id, partner_code, operate_type } = request;
    const params = readPageParams(request.params);
    const start = await startOf(sql, mix_id, operate_type, params);
    const page = await findPage(sql, {
      ...{ mix_id, partner_code, user_id: user.user_id },
      ...start,
      // One row more than the page tells whether there is a next one.
      limit: params.page_size + 1,
    });
    if (page === undefined) return { result: { return_code: '200404', return_message: '券码批次不存在或无权查看' } };
    const return_value = exportPage(vault, page, start, params.page_size, now);
    return { result: { return_code: '0', return_message: '', return_value } };
  },
});

/** The order and the row after which a page begins. */
type Start = Pick<PageQuery, 'order' | 'after' | 'reversed'>;

/** Where an export goes on. A cursor of the other kind, with reversals or without, is made one of this. */
async function startOf(sql: Sql, mix_id: string, operate_type: string, params: PageParams): Promise<Start> {
  const { last_sequence, reversals } = params;
  if (operate_type !== 'CONSUME') {
    checkAllParams(params);
    return { order: 'sequence', after: last_sequence, reversed: 0 };
  }
  const both = last_sequence >= CHANGES_FROM;
  if (!reversals && !both) return { order: 'consume_sequence', after: last_sequence, reversed: 0 };
  const cursor = both ? last_sequence - CHANGES_FROM : last_sequence;
  const { consumed, reversed } = await findChangePlace(sql, mix_id, cursor, both);
  return reversals
    ? { order: 'change_sequence', after: consumed + reversed, reversed }
    : { order: 'consume_sequence', after: consumed, reversed: 0 };
}

/** What the vouchers leave to the background, by kind of job. */
export const voucherJobs: Readonly<Record<string, JobStep>> = {
  'voucher.generate': generateStep,
  'voucher.import': importStep,
};

function exportPage(vault: Vault, page: BatchPage, { order, after }: Start, page_size: number, now: Date) {
  const { basic, codes } = page;
  const rows = codes.slice(0, page_size);
  const plain = plainCodes(vault, page, rows);
  return {
    basic,
    coupon_list: rows.map((row, index) =>
      Object.assign(codeState(row, row.told_at ?? now), { code: plain[index] as string }),
    ),
    has_next: codes.length > page_size,
    last_sequence: (rows.at(-1)?.cursor ?? after) + (order === 'change_sequence' ? CHANGES_FROM : 0),
    current_rows: rows.length,
  };
}

/** The plain codes of a page's rows: computed where the batch has a form, else opened. */
function plainCodes(vault: Vault, { basic, form }: BatchPage, rows: readonly StoredCode[]): string[] {
  if (form !== null) return createSeries(vault, basic.mix_id, form).codes(rows.map(({ sequence }) => sequence));
  return rows.map(({ code_sealed }) => openStored(vault, code_sealed as Buffer));
}
