import { BusyError } from '../batching/batch.ts';
import { platformError, TopError } from '../contract/errors.ts';
import { hasState, isTransient, SQLSTATE } from '../database/errors.ts';

/**
 * What a caller learns of anything thrown on the request path: a TopError as it is, every other error as a retryable
 * entry of the error table without its inner text.
 */
export function toTopError(error: unknown): TopError {
  if (error instanceof TopError) return error;
  if (error instanceof BusyError || isTransient(error)) return platformError('service-unavailable');
  if (hasState(error, SQLSTATE.queryCanceled)) return platformError('service-timeout');
  return platformError('service-error');
}
