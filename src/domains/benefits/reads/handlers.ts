import type { benefitReadContracts } from '../../../contract/benefits/reads.ts';
import type { Handlers } from '../../../contract/method.ts';
import type { Sql } from '../../../database/pool.ts';
import { pageOf, readIdCursor, writeIdCursor } from '../../paging.ts';
import { findActivities, findSellerPage } from './queries.ts';

/** What the console reads of the benefits beside their administration. */
export const benefitReadHandlers = ({ sql }: { sql: Sql }): Handlers<typeof benefitReadContracts> => ({
  'piaoquan.benefit.seller.list': async ({ cursor, page_size }) => {
    const after = readIdCursor(cursor);
    const find = (limit: number) => findSellerPage(sql, after, limit);
    const page = await pageOf(page_size, find, ({ user_id }) => writeIdCursor(user_id));
    return { sellers: page.rows, next_cursor: page.next_cursor };
  },
  'piaoquan.benefit.activity.list': async ({ user_id, relation_id, status, cursor, page_size }) => {
    const before = readIdCursor(cursor, Number.MAX_SAFE_INTEGER);
    const filter = { user_id, relation_id: relation_id ?? null, status: status ?? null, before };
    const find = (limit: number) => findActivities(sql, filter, limit);
    const page = await pageOf(page_size, find, ({ relation_id: id }) => writeIdCursor(id));
    return { activities: page.rows, next_cursor: page.next_cursor };
  },
});
