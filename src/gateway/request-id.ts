import { randomInt } from 'node:crypto';

const TAG_SPACE = 36 ** 3;
const tag = randomInt(TAG_SPACE).toString(36).padStart(3, '0');
const COUNTS = Array.from({ length: TAG_SPACE }, (_, number) => number.toString(36).padStart(3, '0'));
let count = randomInt(TAG_SPACE);
let keptMs = 0;
let keptPrefix = '';

/**
 * A new request_id: 14 small letters and digits like TOP's own (TOP protocol 5.6): milliseconds, a tag of this process,
 * and a counter, so that ids of one moment and of several processes differ.
 */
export function newRequestId(now: Date): string {
  count = (count + 1) % TAG_SPACE;
  const ms = now.getTime();
  if (ms !== keptMs) {
    keptMs = ms;
    keptPrefix = ms.toString(36) + tag;
  }
  return keptPrefix + COUNTS[count];
}
