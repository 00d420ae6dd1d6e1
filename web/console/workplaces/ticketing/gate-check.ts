import { useCallback, useRef, useState } from 'react';
import { TopError } from '../../../../src/sdk/errors.ts';
import type { AnswerOf } from '../../client.ts';
import { contractOf } from '../../contracts.ts';
import { newKey } from '../../key.ts';
import { useSession } from '../../session.tsx';

const METHOD = 'piaoquan.ticketing.ticket.check';
/** How every ticket code begins; what else is before the camera is asked of nobody. */
const CODE = /^PQ1\.[\w.-]{1,590}$/;
const MOST_KEPT = 50;

type Answer = AnswerOf<typeof METHOD>;

/** What became of a check: admitted, refused, no ticket code at all, or without an answer, so that it is not known. */
export type Check = {
  readonly check_id: string;
  readonly code: string;
  readonly at: Date;
} & (
  | { readonly kind: 'answered'; readonly answer: Answer; readonly isUndone?: true }
  | { readonly kind: 'refused'; readonly error: TopError }
  | { readonly kind: 'foreign' }
  | { readonly kind: 'unknown'; readonly error: unknown }
);

/** Whether the bearer may enter. */
export const isAdmitted = (check: Check): boolean =>
  check.kind === 'answered' && check.answer.admitted && check.isUndone !== true;

/** Whether an error is the gate's own refusal of a code, rather than a call that could not be carried out. */
const isRefusal = (error: unknown): error is TopError =>
  error instanceof TopError && error.sub_code !== undefined && contractOf(METHOD)?.errors[error.sub_code] !== undefined;

type Gate = { readonly event_id: number; readonly gate: string };

/**
 * Checks codes at a gate, one at a time; codes that come while one is being checked are not taken. A check without an
 * answer can be asked again under its own check_id, which lets in once; `undone` says that the entry of one was undone.
 */
export function useGateCheck({ event_id, gate }: Gate) {
  const { client } = useSession();
  const [checks, setChecks] = useState<readonly Check[]>([]);
  const [isBusy, setBusy] = useState(false);
  const busy = useRef(false);
  const keep = useCallback(
    (check: Check) =>
      setChecks((before) =>
        [check, ...before.filter(({ check_id }) => check_id !== check.check_id)].slice(0, MOST_KEPT),
      ),
    [],
  );
  const check = useCallback(
    async (text: string, check_id = newKey('console')): Promise<Check | undefined> => {
      if (busy.current) return undefined;
      const code = text.trim();
      busy.current = true;
      setBusy(true);
      const ask = async (): Promise<Check> => {
        const base = { check_id, code };
        if (!CODE.test(code)) return { ...base, at: new Date(), kind: 'foreign' };
        try {
          const answer = await client.call(METHOD, { code, event_id, check_id, ...(gate && { gate }) });
          return { ...base, at: new Date(), kind: 'answered', answer };
        } catch (error) {
          const at = new Date();
          return isRefusal(error) ? { ...base, at, kind: 'refused', error } : { ...base, at, kind: 'unknown', error };
        }
      };
      const done = await ask();
      keep(done);
      busy.current = false;
      setBusy(false);
      return done;
    },
    [client, event_id, gate, keep],
  );
  const undone = useCallback(
    (check_id: string) =>
      setChecks((before) =>
        before.map((each) =>
          each.check_id === check_id && each.kind === 'answered' ? { ...each, isUndone: true as const } : each,
        ),
      ),
    [],
  );
  return { checks, check, undone, isBusy };
}
