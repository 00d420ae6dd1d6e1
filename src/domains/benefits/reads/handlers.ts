import type { benefitReadContracts } from '../../../contract/benefits/reads.ts';
import { nextIdCursor, readIdCursor } from '../../../contract/cursor.ts';
import type { Handlers } from '../../../contract/method.ts';
import type { Sql } from '../../../database/pool.ts';
import { findActivities, findSellerPage } from './queries.ts';

const PAGE_SIZE = 50;

/** What the console reads of the benefits beside their administration. */
export const benefitReadHandlers = ({ sql }: { sql: Sql }): Handlers<typeof benefitReadContracts> => ({
  'piaoquan.benefit.seller.list': async ({ cursor, page_size }) => {
    const limit = page_size ?? PAGE_SIZE;
    const found = await findSellerPage(sql, readIdCursor(cursor), limit + 1);
    return { sellers: found.slice(0, limit), next_cursor: nextIdCursor(found, limit, ({ user_id }) => user_id) };
  },
  'piaoquan.benefit.activity.list': async ({ user_id, relation_id, status, cursor, page_size }) => {
    const limit = page_size ?? PAGE_SIZE;
    const before = readIdCursor(cursor, Number.MAX_SAFE_INTEGER);
    const filter = { user_id, relation_id: relation_id ?? null, status: status ?? null, before };
    const found = await findActivities(sql, filter, limit + 1);
    return {
      activities: found.slice(0, limit),
      next_cursor: nextIdCursor(found, limit, ({ relation_id: id }) => id),
    };
  },
});
