import { bool, integer } from '../schema.ts';

const whole = (zh: string, en: string, minimum: number, maximum?: number) =>
  integer({ zh, en }, { minimum, ...(maximum && { maximum }) });
const last_sequence = whole('上一页的游标', 'Cursor of the last page', 0);
const page_size = whole('每页券码数，默认100', 'Codes a page, 100 unless given', 1, 1000);

/** What `params` of the export may hold: the page names no key for its cursor, so both spellings are taken. */
export const exportParams = {
  ...{ last_sequence, lastSequence: last_sequence, page_size, pageSize: page_size },
  reversals: bool({ zh: '是否同时返回撤销的核销', en: 'Whether reversed redemptions are told too' }),
};
