/** A form's values without what was left empty, as a request wants them. */
export function withoutEmpties<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutEmpties) as T;
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  const kept = Object.entries(value)
    .map(([name, member]) => [name, withoutEmpties(member)] as const)
    .filter(([, member]) => member !== undefined && member !== null && member !== '');
  return Object.fromEntries(kept) as T;
}
