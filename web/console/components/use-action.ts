import { useMutation, useQueryClient } from '@tanstack/react-query';
import { compileRefusal } from '../../../src/contract/outcome.ts';
import { contractOf } from '../contracts.ts';
import { useLabels } from '../language.tsx';
import { useSession } from '../session.tsx';
import { useSay } from './said.tsx';

/** A request or an answer, by the names of its contract. */
export type Request = Readonly<Record<string, unknown>>;

/**
 * Calls a method as an action of a page: shows that it was done, and has every list and detail asked for again.
 * Rejects with the error of the call; `error` holds it for the page.
 */
export function useAction(method: string, session_user?: number) {
  const { client, clientFor } = useSession();
  const queries = useQueryClient();
  const say = useSay();
  const t = useLabels();
  return useMutation({
    mutationFn: (request: Request) =>
      (session_user === undefined ? client : clientFor(session_user)).call(method, request) as Promise<Request>,
    onSuccess: (answer) => {
      // An answer that refuses says itself what came of it.
      if (compileRefusal(contractOf(method)?.outcome)(answer) === undefined) say(t({ zh: '已完成', en: 'Done' }));
      // The act is done: its dialog closes now, not when the slowest page has been read again.
      void queries.invalidateQueries();
    },
  });
}
