import type { Label } from './schema.ts';

/**
 * What people are told of a setting of a request.
 * @param isTop whether it is a parameter of its own, which has no null
 */
export const settingWords = (isTop: boolean): Label =>
  isTop
    ? { zh: '保存时不填则不变，传空文本则清除', en: 'left out it stays as it is, an empty text takes it away' }
    : { zh: '保存时不填则不变，传 null 则清除', en: 'left out it stays as it is, null takes it away' };

/** Values of a row by column; undefined where a save says nothing of it. */
type Row = Readonly<Record<string, unknown>>;

/** A row without what a save says nothing of, for the columns that an update sets: the others stay as they are. */
export const given = <T extends Row>(row: T): { [Name in keyof T]: Exclude<T[Name], undefined> } =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)) as never;
