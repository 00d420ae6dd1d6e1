/** Longer than the ten years within which nothing of a sandbox may run out unless it does so on purpose. */
const YEARS = 11;

/**
 * The instant until which demo data hold, to the second: all of it counts from the first start, and a sandbox lives for
 * years.
 * @param now the first start
 */
export function demoEnd(now: Date): Date {
  const end = new Date(Math.floor(now.getTime() / 1000) * 1000);
  end.setUTCFullYear(end.getUTCFullYear() + YEARS);
  return end;
}
