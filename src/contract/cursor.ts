import { invalidArgument } from './errors.ts';

/** The refusal of a cursor that no page gave: platform error 41. */
export const wrongCursor = (): Error => invalidArgument('cursor', '应为上一页返回的 next_cursor');

/**
 * Reads the cursor of a list that goes on after an id; a list without one begins at `first`. Throws platform error 41 for
 * any text that {@link nextIdCursor} does not write.
 */
export function readIdCursor(cursor: string | null | undefined, first = 0): number {
  if (!cursor) return first;
  if (!/^\d{1,16}$/.test(cursor) || !Number.isSafeInteger(Number(cursor))) throw wrongCursor();
  return Number(cursor);
}

/**
 * Where the next page of a list begins: after the id of the last row shown; undefined on the last page.
 * @param rows up to `limit` + 1 rows
 */
export function nextIdCursor<T>(rows: readonly T[], limit: number, idOf: (row: T) => number): string | undefined {
  const last = rows[limit - 1];
  return rows.length > limit && last !== undefined ? String(idOf(last)) : undefined;
}
