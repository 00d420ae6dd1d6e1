import { bool, integer, optional, text } from './schema.ts';

/** What every method of administration has in common. */
export const admin = { category: 'admin', package: 'piaoquan.admin', session: 'none' } as const;

/** The same of one that changes nothing. */
export const adminRead = { ...admin, kind: 'read' } as const;

/** Most units of anything that is counted: stock, counts, limits. */
export const MOST = 1_000_000_000;

/** Tells that a change was made; a refused one is an error. */
export const is_success = bool({ zh: '是否成功', en: 'Whether it was done' }, { example: 'true' });

/**
 * Where a page of a list begins: what the page before it answered as next_cursor.
 * @param maxLength most characters, the vocabulary's own limit unless given
 */
export const cursor = (maxLength?: number) =>
  optional(
    text(
      { zh: '上一页返回的 next_cursor', en: 'next_cursor of the page before' },
      maxLength === undefined ? {} : { maxLength },
    ),
  );

/** Most rows of a page. */
export const page_size = optional(
  integer({ zh: '每页条数,默认50', en: 'Rows a page, 50 unless given' }, { example: '50', minimum: 1, maximum: 200 }),
);

/** Where the next page begins. */
export const next_cursor = optional(
  text({ zh: '下一页的游标,没有下一页时不返回', en: 'Where the next page begins; absent on the last page' }),
);
