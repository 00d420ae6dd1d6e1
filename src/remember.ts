/**
 * Remembers a value that can be found or made again, in a map of at most so many: a full one begins anew. For maps that
 * whoever calls can fill at will.
 */
export function remember<K, V>(kept: Map<K, V>, most: number, key: K, value: V): V {
  if (kept.size >= most) kept.clear();
  kept.set(key, value);
  return value;
}
