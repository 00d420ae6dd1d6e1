import type { adminVoucherContracts } from '../../contract/admin-vouchers.ts';
import type { fcodeContracts } from '../../contract/fcode.ts';
import type { Handlers } from '../../contract/method.ts';
import type { JobStep } from '../../database/jobs.ts';
import type { Sql } from '../../database/pool.ts';
import type { Vault } from '../../database/vault.ts';
import { batchHandlers, generateStep } from './batches/handlers.ts';
import { codeHandlers } from './codes/handlers.ts';
import { importHandlers, importStep } from './imports/handlers.ts';
import { orderHandlers } from './orders/handlers.ts';
import { type BatchPage, findPage, type StoredCode } from './queries.ts';
import { CODE_PURPOSE, codeState, type PageParams, readPageParams } from './rules.ts';
import { createSeries } from './series.ts';

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
    const { last_sequence, page_size } = readPageParams(request.params);
    const page = await findPage(sql, {
      mix_id: request.mix_id,
      partner_code: request.partner_code,
      user_id: user.user_id,
      order: request.operate_type === 'CONSUME' ? 'consume_sequence' : 'sequence',
      after: last_sequence,
      // One row more than the page tells whether there is a next one.
      limit: page_size + 1,
    });
    if (page === undefined) return { result: { return_code: '200404', return_message: '券码批次不存在或无权查看' } };
    const return_value = exportPage(vault, page, { last_sequence, page_size }, now);
    return { result: { return_code: '0', return_message: '', return_value } };
  },
});

/** What the vouchers leave to the background, by kind of job. */
export const voucherJobs: Readonly<Record<string, JobStep>> = {
  'voucher.generate': generateStep,
  'voucher.import': importStep,
};

function exportPage(vault: Vault, page: BatchPage, { last_sequence, page_size }: PageParams, now: Date) {
  const { basic, codes } = page;
  const rows = codes.slice(0, page_size);
  const plain = plainCodes(vault, page, rows);
  return {
    basic,
    coupon_list: rows.map((row, index) => ({ code: plain[index] as string, ...codeState(row, now) })),
    has_next: codes.length > page_size,
    last_sequence: rows.at(-1)?.cursor ?? last_sequence,
    current_rows: rows.length,
  };
}

/** The plain codes of a page's rows: computed where the batch has a form, else opened. */
function plainCodes(vault: Vault, { basic, form }: BatchPage, rows: readonly StoredCode[]): string[] {
  if (form !== null) return createSeries(vault, basic.mix_id, form).codes(rows.map(({ sequence }) => sequence));
  return rows.map(({ code_sealed }) => vault.open(CODE_PURPOSE, Buffer.from(code_sealed as string, 'hex')));
}
