import { baseText, type Parameters } from '../wire/base-text.ts';

/** A call whose signature was refused, as it came. */
export type FailedSignature = {
  readonly request_id: string;
  readonly parameters: Parameters;
  /** Raw text of a body that is not a form. */
  readonly body: string;
};

/** The last calls whose signature was refused, in the memory of this process. */
export type FailedSignatures = {
  /** Keeps a call; the oldest goes when there are too many, and one that is too long is not kept. */
  keep(call: FailedSignature): void;
  /** The call of a request_id while it is kept. */
  find(request_id: string): FailedSignature | undefined;
};

const MOST_KEPT = 200;
const LONGEST = 64 * 1024;

/** Opens an empty memory of at most 200 calls of 64 K characters each. For sandboxes alone: calls hold session keys. */
export function openFailedSignatures(): FailedSignatures {
  const kept = new Map<string, FailedSignature>();
  return {
    keep(call) {
      if (baseText(call.parameters).length + call.body.length > LONGEST) return;
      kept.set(call.request_id, call);
      for (const oldest of kept.keys()) {
        if (kept.size <= MOST_KEPT) break;
        kept.delete(oldest);
      }
    },
    find: (request_id) => kept.get(request_id),
  };
}
