import { invalidArgument } from '../../contract/errors.ts';
import { isOver } from '../../contract/period.ts';
import type { StoredCode } from './queries.ts';

/** What the vault seals and hashes voucher codes under. */
export const CODE_PURPOSE = 'voucher-code';

/** The text a code is hashed by: unique within its batch. */
export const codeKey = (mix_id: string, code: string): string => `${mix_id}/${code}`;

/** Where a page of the export begins, how long it may be, and whether reversed redemptions are told too. */
export type PageParams = { last_sequence: number; page_size: number; reversals?: true };

/**
 * Cursors that count reversals too lie above this and all others below, so that each is known for what it is wherever it
 * is handed back. Both are positions in the order of commits, hence one can be made of the other.
 */
export const CHANGES_FROM = 1_000_000_000_000_000;

const PAGE_SIZE = 100;

/**
 * Reads the extension parameter of the export, which the contract has checked: a JSON object, or blank. The page names no
 * key for its cursor, so `last_sequence` and `lastSequence` are both taken (the first wins), likewise `page_size` and
 * `pageSize`. Absent or blank means from the beginning.
 */
export function readPageParams(params: string | null | undefined): PageParams {
  const given: Record<string, unknown> = params?.trim() ? JSON.parse(params) : {};
  return {
    last_sequence: Number(given.last_sequence ?? given.lastSequence ?? 0),
    page_size: Number(given.page_size ?? given.pageSize ?? PAGE_SIZE),
    ...(String(given.reversals) === 'true' && { reversals: true }),
  };
}

/** Refuses with platform error 41 what only CONSUME knows: reversals, and cursors that count them. */
export function checkAllParams({ last_sequence, reversals }: PageParams): void {
  if (reversals) throw invalidArgument('params.reversals', '只随 operate_type=CONSUME 使用');
  if (last_sequence >= CHANGES_FROM) throw invalidArgument('params.last_sequence', '这是 CONSUME 带 reversals 的游标');
}

/**
 * How a code stands at `now`: voided, else consumed, else expired, else normal. A code is valid up to and including
 * the second of its expire_time; having expired is its last change unless something later is stored.
 */
export function codeState(
  code: Pick<StoredCode, 'code_status' | 'bound' | 'gmt_modified' | 'expire_time'>,
  now: Date,
): { code_status: number; gmt_modified: Date; bind_status: number } {
  const bind_status = code.bound ? 0 : -1;
  if (code.code_status !== 0 || !isOver(code.expire_time, now))
    return { code_status: code.code_status, gmt_modified: code.gmt_modified, bind_status };
  const gmt_modified = new Date(Math.max(code.gmt_modified.getTime(), code.expire_time.getTime()));
  return { code_status: -1, gmt_modified, bind_status };
}
