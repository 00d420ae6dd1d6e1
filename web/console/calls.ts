import type { Call } from '../../src/sdk/call.ts';
import { itemsOf, pagesOf } from '../../src/sdk/pages.ts';
import { isRepeatable, persist } from '../../src/sdk/retry.ts';
import { formatRequest, readAnswer } from '../../src/sdk/values.ts';
import { exchange } from './api.ts';
import type { ConsoleClient } from './client.ts';

/** Repeats of a call that the platform was too busy for. */
const RETRIES = 2;

/**
 * The SDK's calls over the console's route, for the client.
 * @param csrf_token as `me` gave it
 * @param session_user the user to act for, by methods that need a user's session
 */
export function openCalls(csrf_token: string, session_user?: number): ConsoleClient {
  const call: Call = async (method, request = {}, { signal } = {}) => {
    const body = JSON.stringify({ method, request: formatRequest(method, request), session_user });
    const headers = { 'content-type': 'application/json', 'x-csrf-token': csrf_token };
    const attempt = async () =>
      readAnswer(
        method,
        await exchange('call', { method: 'POST', headers, body, ...(signal && { signal: signal as AbortSignal }) }),
      );
    return persist(attempt, { retries: RETRIES, repeatable: isRepeatable(method, request) }, signal);
  };
  return { call, pages: pagesOf(call), items: itemsOf(call) } as unknown as ConsoleClient;
}
