import { wrongCursor } from '../../../contract/cursor.ts';
import { invalidArgument } from '../../../contract/errors.ts';

const PAGE_SIZE = 50;
const DAY_SECONDS = 24 * 3600;
const GMT8_SECONDS = 8 * 3600;

/** Seconds that an old secret serves on beside the new one unless the call says otherwise. */
export const OVERLAP_SECONDS = 24 * 3600;

/** Where a page goes on in rows of descending time: microseconds since the epoch, and the row's own id. */
export type TimePlace = { readonly at_us: number; readonly id: string };
/** Where a page goes on among limits. */
export type LimitPlace = { readonly app_key: string; readonly method: string };

/** Rows of a page by the caller's wish. */
export const pageLimit = (page_size: number | null | undefined): number => page_size ?? PAGE_SIZE;

/**
 * Cuts one row too many off a page and tells where the next one begins.
 * @param rows up to `limit` + 1 rows
 * @param cursorOf the cursor that goes on after a row
 */
export function toPage<T>(rows: readonly T[], limit: number, cursorOf: (row: T) => string) {
  const last = rows[limit - 1];
  return {
    rows: rows.slice(0, limit),
    next_cursor: rows.length > limit && last !== undefined ? cursorOf(last) : undefined,
  };
}

/** Reads the cursor of the app list. Throws platform error 41 for any other text. */
export function readAppCursor(cursor: string | null | undefined): string {
  if (cursor == null) return '';
  if (!/^\d{1,20}$/.test(cursor)) throw wrongCursor();
  return cursor;
}

/** Writes the cursor of rows in descending time. */
export const timeCursor = ({ at_us, id }: TimePlace): string => `${at_us}-${id}`;

/** Reads what {@link timeCursor} wrote. Throws platform error 41 for any other text. */
export function readTimeCursor(cursor: string | null | undefined): TimePlace | undefined {
  if (cursor == null) return undefined;
  const [, at_us, id] = /^(\d{1,16})-([0-9a-z]{1,64})$/.exec(cursor) ?? [];
  if (at_us === undefined || id === undefined || !Number.isSafeInteger(Number(at_us))) throw wrongCursor();
  return { at_us: Number(at_us), id };
}

/** Writes the cursor of a list of limits. */
export const limitCursor = ({ app_key, method }: LimitPlace): string => `${app_key}:${method}`;

/** Reads what {@link limitCursor} wrote. Throws platform error 41 for any other text. */
export function readLimitCursor(cursor: string | null | undefined): LimitPlace {
  if (cursor == null) return { app_key: '', method: '' };
  const [, app_key, method] = /^(\*|\d{1,20}):(\S{0,128})$/.exec(cursor) ?? [];
  if (app_key === undefined || method === undefined) throw wrongCursor();
  return { app_key, method };
}

/** The second of an instant and the second in which its day of GMT+8 began, both since the epoch (TOP protocol 7). */
export function quotaSeconds(now: Date): { second: number; day_start: number } {
  const second = Math.floor(now.getTime() / 1000);
  return { second, day_start: second - ((second + GMT8_SECONDS) % DAY_SECONDS) };
}

/** The first instant of a search in the call log: a day before its end, or before now, unless it is given. */
export const searchStart = (start: Date | null | undefined, end: Date | null | undefined, now: Date): Date =>
  start ?? new Date((end ?? now).getTime() - DAY_SECONDS * 1000);

/** Refuses callback addresses that no redirect could go to (RFC 6749 3.1.2); platform error 41 names the first. */
export function checkCallbacks(urls: readonly string[]): void {
  for (const [index, url] of urls.entries())
    if (!URL.canParse(url) || url.includes('#'))
      throw invalidArgument(`app.callback_urls[${index}]`, '应为无 # 的完整地址');
}

/** Refuses a text that is not among those known; platform error 41 names its place. */
export function checkKnown(
  values: readonly string[],
  known: { has(value: string): boolean },
  place: (index: number) => string,
): void {
  for (const [index, value] of values.entries())
    if (!known.has(value)) throw invalidArgument(place(index), `没有 ${value}`);
}
