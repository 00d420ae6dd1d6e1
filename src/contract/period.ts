/**
 * Whether a period is over at an instant. Ends are told to the second, and a period holds its last second whole: one that
 * ends at 23:59:59 ends when the next second begins. `period_over` (database/sql) says the same in the database.
 * @param end the last second, an instant or epoch milliseconds; what it carries beyond the second does not count
 * @param now the instant asked about, likewise
 */
export const isOver = (end: Date | number, now: Date | number): boolean =>
  Math.floor(Number(now) / 1000) > Math.floor(Number(end) / 1000);
