import type { fcodeExportQuery } from '../../contract/film.ts';
import type { Handlers } from '../../contract/method.ts';
import type { Sql } from '../../database/pool.ts';
import type { Vault } from '../../database/vault.ts';
import { type BatchPage, findPage } from './queries.ts';
import { CODE_PURPOSE, codeState, type PageParams, readPageParams } from './rules.ts';

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
}): Handlers<readonly [typeof fcodeExportQuery]> => ({
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

function exportPage(vault: Vault, { basic, codes }: BatchPage, { last_sequence, page_size }: PageParams, now: Date) {
  const rows = codes.slice(0, page_size);
  return {
    basic,
    coupon_list: rows.map((row) => ({
      code: vault.open(CODE_PURPOSE, Buffer.from(row.code_sealed, 'hex')),
      ...codeState(row, now),
    })),
    has_next: codes.length > page_size,
    last_sequence: rows.at(-1)?.cursor ?? last_sequence,
    current_rows: rows.length,
  };
}
