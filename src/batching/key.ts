/**
 * One text for the values by which calls go together: equal values give equal texts, other values other ones, whatever
 * they hold.
 */
export function keyOf(...values: readonly (string | number | null | undefined)[]): string {
  let key = '';
  for (const value of values) key += typeof value === 'string' ? `${value.length}:${value}` : `${value ?? ''};`;
  return key;
}
