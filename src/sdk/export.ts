import type { Call } from './call.ts';
import { TopError } from './errors.ts';
import { pagesOf } from './pages.ts';
import type { AnswerOf, CallOptions, CodeExport, ExportPage, ExportQuery } from './types.ts';

const METHOD = 'taobao.film.fcode.export.query';
const PAGE_SIZE = 1000;

/** The page of an answer. Throws TopError with the return_code as sub_code when the export was refused. */
function pageOf({ result, request_id }: AnswerOf<typeof METHOD>): ExportPage {
  const { return_code, return_message, return_value } = result;
  if (return_value) return return_value;
  const sub = { sub_code: return_code, sub_msg: return_message };
  throw new TopError(METHOD, { code: 15, msg: 'Remote service error', ...sub, request_id });
}

/** Opens exports over a client's calls. */
export const openExport =
  (call: Call) =>
  ({ after = 0, page_size = PAGE_SIZE, reversals, ...query }: ExportQuery, options?: CallOptions): CodeExport => {
    let cursor = after;
    let basic: ExportPage['basic'] | undefined;
    async function* pages(): AsyncGenerator<ExportPage> {
      const params = JSON.stringify({ last_sequence: cursor, page_size, ...(reversals && { reversals }) });
      for await (const answer of pagesOf(call)(METHOD, { ...query, params }, options)) {
        const page = pageOf(answer as AnswerOf<typeof METHOD>);
        basic = page.basic;
        yield page;
        // Whoever asks for more is done with the page.
        cursor = page.last_sequence;
      }
    }
    return {
      pages,
      get cursor() {
        return cursor;
      },
      get basic() {
        return basic;
      },
      async *[Symbol.asyncIterator]() {
        for await (const page of pages()) yield* page.coupon_list;
      },
    };
  };
