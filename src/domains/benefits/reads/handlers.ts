import type { benefitReadContracts } from '../../../contract/admin-benefit-reads.ts';
import { platformError } from '../../../contract/errors.ts';
import type { Handlers } from '../../../contract/method.ts';
import type { Sql } from '../../../database/pool.ts';
import { findActivities, findSellerPage } from './queries.ts';

const PAGE_SIZE = 50;

/** What the console reads of the benefits beside their administration. */
export const benefitReadHandlers = ({ sql }: { sql: Sql }): Handlers<typeof benefitReadContracts> => ({
  'piaoquan.benefit.seller.list': async ({ cursor, page_size }) => {
    const limit = page_size ?? PAGE_SIZE;
    const found = await findSellerPage(sql, readCursor(cursor) ?? 0, limit + 1);
    const sellers = found.slice(0, limit);
    return { sellers, ...(found.length > limit && { next_cursor: String(sellers.at(-1)?.user_id) }) };
  },
  'piaoquan.benefit.activity.list': async ({ user_id, relation_id, status, cursor, page_size }) => {
    const limit = page_size ?? PAGE_SIZE;
    const before = readCursor(cursor) ?? Number.MAX_SAFE_INTEGER;
    const filter = { user_id, relation_id: relation_id ?? null, status: status ?? null, before };
    const found = await findActivities(sql, filter, limit + 1);
    const activities = found.slice(0, limit);
    return { activities, ...(found.length > limit && { next_cursor: String(activities.at(-1)?.relation_id) }) };
  },
});

function readCursor(cursor: string | null | undefined): number | undefined {
  if (!cursor) return undefined;
  if (!/^\d{1,15}$/.test(cursor))
    throw platformError('invalid-arguments', { argument: 'cursor', sub_msg: '参数 cursor 不合法：应为 next_cursor' });
  return Number(cursor);
}
