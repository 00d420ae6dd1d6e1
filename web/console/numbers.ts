/**
 * A number in digits with a comma between thousands: 1234567.5 → 1,234,567.5. The browser's own formatter reads its tables
 * at its first use, which takes a twentieth of a second of a page's first opening.
 */
export function grouped(digits: number | bigint | string): string {
  const [whole = '', ...rest] = String(digits).split('.');
  return [whole.replace(/\B(?=(\d{3})+$)/g, ','), ...rest].join('.');
}
