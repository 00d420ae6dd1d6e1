import { invalidArgument } from '../../../contract/errors.ts';
import { gmt8DayStart } from '../../../contract/gmt8.ts';
import { joinedCursor } from '../../paging.ts';

const DAY_SECONDS = 24 * 3600;

/** Seconds that an old secret serves on beside the new one unless the call says otherwise. */
export const OVERLAP_SECONDS = 24 * 3600;

/** Where a page goes on in rows of descending time: microseconds since the epoch, and the row's own id. */
export type TimePlace = { readonly at_us: number; readonly id: string };
/** Where a page goes on among limits. */
export type LimitPlace = { readonly app_key: string; readonly method: string };

/** The cursors of the app list. */
export const APPS = joinedCursor('', { app_key: /^\d{1,20}$/ });

/** The cursors of rows in descending time. */
export const BY_TIME = joinedCursor('-', { at_us: 'number', id: /^[0-9a-z]{1,64}$/ });

/** The cursors of a list of limits, and the place before its first. */
export const LIMITS = joinedCursor(':', { app_key: /^(\*|\d{1,20})$/, method: /^\S{0,128}$/ });
export const FIRST_LIMIT: LimitPlace = { app_key: '', method: '' };

/** The second of an instant and the second in which its day of GMT+8 began, both since the epoch (TOP protocol 7). */
export function quotaSeconds(now: Date): { second: number; day_start: number } {
  const second = Math.floor(now.getTime() / 1000);
  return { second, day_start: gmt8DayStart(second) };
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
