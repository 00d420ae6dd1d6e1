import type { Parameters } from '../wire/base-text.ts';

/** A call as it came, and the code of its error; 0 for an answer. */
export type RecentCall = {
  readonly request_id: string;
  readonly parameters: Parameters;
  /** Names that came more than once; undefined when none did. */
  readonly repeated?: readonly string[] | undefined;
  /** Raw text of a body that is not a form. */
  readonly body: string;
  readonly code: number;
  /** Whether the call was refused before it was known that an app signed it. */
  readonly stranger?: boolean;
};

/** The last calls that were received, in the memory of this process. */
export type RecentCalls = {
  /**
   * Keeps a call; the oldest goes when there are too many, and a long one is not kept.
   * @param size characters and bytes of the request that brought it, all of which its texts may hold on to
   */
  keep(call: RecentCall, size: number): void;
  /** The call of a request_id while it is kept. */
  find(request_id: string): RecentCall | undefined;
};

/** Code of a call whose signature was refused (TOP protocol 6.3). */
export const WRONG_SIGNATURE = 25;

const MOST_CALLS = 300;
const MOST_REFUSED = 200;
const LONGEST = 32 * 1024;

/**
 * Opens an empty memory of the last 300 calls, and beside them of the last 200 that were refused before their caller was
 * known, so that neither drives out the other. A request of over 32 K is not kept: all together hold 16 MB at most. For sandboxes alone: calls hold
 * session keys.
 */
export function openRecentCalls(): RecentCalls {
  const answered = openRing(MOST_CALLS);
  const refused = openRing(MOST_REFUSED);
  return {
    keep(call, size) {
      if (size > LONGEST) return;
      if (call.stranger || call.code === WRONG_SIGNATURE) refused.push(call);
      else answered.push(call);
    },
    find: (request_id) => refused.find(request_id) ?? answered.find(request_id),
  };
}

function openRing(most: number) {
  const slots: RecentCall[] = [];
  let next = 0;
  return {
    push(call: RecentCall): void {
      slots[next] = call;
      next = (next + 1) % most;
    },
    find: (request_id: string) => slots.find((call) => call.request_id === request_id),
  };
}
