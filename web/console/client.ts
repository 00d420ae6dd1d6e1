import type { AnswerOf, Client, MethodName } from '../../src/sdk/types.ts';

/** The SDK's client over the console's route: the operator's role stands in for key and signature. */
export type ConsoleClient = Pick<Client, 'call' | 'pages' | 'items'>;

type Given = [method: MethodName, request: object];

/** The SDK, and with it the contracts of all methods: loaded by the first call, or before. */
export const loadCalls = () => import('./calls.ts');

/**
 * Opens the client of a logged-in operator.
 * @param csrf_token as `me` gave it
 * @param session_user the user to act for, by methods that need a user's session
 */
export function openClient(csrf_token: string, session_user?: number): ConsoleClient {
  const calls = async () => (await loadCalls()).openCalls(csrf_token, session_user);
  return {
    call: async (...given: Given) => (await calls()).call(...given),
    async *pages(...given: Given) {
      yield* (await calls()).pages(...given);
    },
    async *items(...given: Given) {
      yield* (await calls()).items(...given);
    },
  } as unknown as ConsoleClient;
}

export type { AnswerOf, MethodName };
