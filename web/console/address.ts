import { useSearchParams } from 'react-router';

/**
 * What the address of the page asks for, `?order_id=1`, by name; ⌘K and links from other pages set it.
 * @param numbers names whose text is a number
 */
export function useFromAddress(
  names: readonly string[],
  numbers: readonly string[] = [],
): Record<string, string | number> {
  const [query] = useSearchParams();
  const found: Record<string, string | number> = {};
  for (const name of names) {
    const text = query.get(name);
    if (text !== null && text !== '') found[name] = numbers.includes(name) ? Number(text) : text;
  }
  return found;
}
