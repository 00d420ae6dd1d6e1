import { wrongCursor } from '../../../contract/cursor.ts';
import type { Handlers } from '../../../contract/method.ts';
import type { sendplanReadContracts } from '../../../contract/sendplans/reads.ts';
import type { Sql } from '../../../database/pool.ts';
import { findCircles } from './queries.ts';

const PAGE_SIZE = 50;

/** What the console reads of the send plans beside their administration. */
export const sendplanReadHandlers = ({ sql }: { sql: Sql }): Handlers<typeof sendplanReadContracts> => ({
  'piaoquan.sendplan.circle.list': async ({ isv_id, cursor, page_size }) => {
    const limit = page_size ?? PAGE_SIZE;
    const found = await findCircles(sql, isv_id ?? null, readCursor(cursor), limit + 1);
    const circles = found.slice(0, limit);
    const last = circles.at(-1);
    return { circles, ...(found.length > limit && last && { next_cursor: `${last.isv_id}-${last.circle_id}` }) };
  },
});

function readCursor(cursor: string | null | undefined): readonly [number, number] {
  if (!cursor) return [0, 0];
  const found = /^(\d{1,16})-(\d{1,16})$/.exec(cursor);
  if (found === null) throw wrongCursor();
  return [Number(found[1]), Number(found[2])];
}
