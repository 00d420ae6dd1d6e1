import { wrongCursor } from '../../../../contract/cursor.ts';
import type { DuePlace } from './queries.ts';

/** The end of the year 9999, in epoch milliseconds: a later instant is none to the database. */
const LAST_INSTANT = 253_402_300_799_999;

/** Where the page after a payment begins, as a text: base64url of JSON, since a pay_no may hold anything. */
export const cursorAfter = ({ receive_time, project_id, order_id, pay_no }: DuePlace): string =>
  Buffer.from(JSON.stringify([receive_time.getTime(), project_id, order_id, pay_no])).toString('base64url');

/** Reads what {@link cursorAfter} writes; undefined without a cursor. Throws platform error 41 for any other text. */
export function readCursor(cursor: string | null | undefined): DuePlace | undefined {
  if (!cursor) return undefined;
  const parts = readJson(Buffer.from(cursor, 'base64url').toString());
  if (!Array.isArray(parts) || parts.length !== 4) throw wrongCursor();
  const [time, project_id, order_id, pay_no] = parts as unknown[];
  const isPlace =
    isId(time) && time <= LAST_INSTANT && isId(project_id) && /^\d{1,16}$/.test(String(order_id)) && isText(pay_no);
  if (!isPlace) throw wrongCursor();
  return { receive_time: new Date(time), project_id, order_id: String(order_id), pay_no };
}

const isId = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
/** PostgreSQL keeps no NUL. */
const isText = (value: unknown): value is string => typeof value === 'string' && !value.includes('\0');

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
