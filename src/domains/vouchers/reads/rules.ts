import type { BatchCounts, NormalCounts } from './queries.ts';

/** Most codes that are counted one by one; beyond, a sample tells. */
const MOST_COUNTED = 1_000_000;
const SAMPLE = 40_000;

/** Every how many-th code of a batch of so many is looked at. */
export const stepOf = (total_count: number): number =>
  total_count <= MOST_COUNTED ? 1 : Math.ceil(total_count / SAMPLE);

/** The codes of a batch by state: what counters know is exact, what a sample tells is scaled so that all adds up. */
export function boardOf({ issued_count: _issued, ...counts }: BatchCounts, normal: NormalCounts, isEstimate: boolean) {
  const { total_count, consumed_count, voided_count } = counts;
  const all = total_count - consumed_count - voided_count;
  const seen = normal.unbound + normal.bound + normal.expired;
  const share = (count: number): number => (isEstimate && seen > 0 ? Math.floor((count / seen) * all) : count);
  const [bound_count, expired_count] = [share(normal.bound), share(normal.expired)];
  const unbound_count = isEstimate ? all - bound_count - expired_count : normal.unbound;
  return { unbound_count, bound_count, expired_count, is_estimate: isEstimate };
}
