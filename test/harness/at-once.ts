/** Checks all items at the same time; fails with the first that fails. */
export const atOnce = async <T>(items: Iterable<T>, check: (item: T) => Promise<void>): Promise<void> => {
  await Promise.all(Array.from(items, check));
};
