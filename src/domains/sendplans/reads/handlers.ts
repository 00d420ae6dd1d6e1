import type { Handlers } from '../../../contract/method.ts';
import type { sendplanReadContracts } from '../../../contract/sendplans/reads.ts';
import type { Sql } from '../../../database/pool.ts';
import { joinedCursor, pageOf } from '../../paging.ts';
import { findCircles } from './queries.ts';

const CIRCLES = joinedCursor('-', { isv_id: 'number', circle_id: 'number' });

/** What the console reads of the send plans beside their administration. */
export const sendplanReadHandlers = ({ sql }: { sql: Sql }): Handlers<typeof sendplanReadContracts> => ({
  'piaoquan.sendplan.circle.list': async ({ isv_id, cursor, page_size }) => {
    const after = CIRCLES.read(cursor) ?? { isv_id: 0, circle_id: 0 };
    const find = (limit: number) => findCircles(sql, isv_id ?? null, [after.isv_id, after.circle_id], limit);
    const page = await pageOf(page_size, find, CIRCLES.write);
    return { circles: page.rows, next_cursor: page.next_cursor };
  },
});
