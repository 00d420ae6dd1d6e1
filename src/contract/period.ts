import { gmt8Text } from './gmt8.ts';
import { fault, type MethodError } from './method.ts';

/**
 * Whether a period is over at an instant. Ends are told to the second, and a period holds its last second whole: one that
 * ends at 23:59:59 ends when the next second begins. `period_over` (database/sql) says the same in the database.
 * @param end the last second, an instant or epoch milliseconds; what it carries beyond the second does not count
 * @param now the instant asked about, likewise
 */
export const isOver = (end: Date | number, now: Date | number): boolean => secondOf(now) > secondOf(end);

const secondOf = (instant: Date | number): number =>
  Math.floor((typeof instant === 'number' ? instant : instant.getTime()) / 1000);

/** An end that a save gives: the path of its field in the request, and what stood there before, if anything did. */
export type SavedEnd = {
  readonly path: string;
  readonly end: Date | null | undefined;
  readonly old?: Date | null | undefined;
};

/**
 * Refuses a save that gives an end which is over already, naming the field and the end. An end that stays as it was, to the
 * second, is let pass: what is over can still be renamed. Throws the business error of that sub_code.
 */
export function refuseOver<E extends Record<string, MethodError>>(
  contract: { readonly errors: E },
  sub_code: keyof E & string,
  { path, end, old }: SavedEnd,
  now: Date,
): void {
  if (end == null || !isOver(end, now)) return;
  if (old != null && secondOf(old) === secondOf(end)) return;
  throw fault(contract, sub_code, `参数 ${path} 不合法：${gmt8Text(end)} 已过`, { argument: path });
}
