import { BATCH_SEPARATOR, encodeBatch } from '../wire/batch.ts';
import { encodeForm } from '../wire/form.ts';
import { credentialsOf, patienceOf, type Session, timeoutOf } from './call.ts';
import { TopError, TopNetworkError } from './errors.ts';
import { type BusinessParameters, signedBatch, texts } from './request.ts';
import { isRepeatable, pause, persist, waitBefore } from './retry.ts';
import { post } from './transport.ts';
import type { CallOptions } from './types.ts';
import { formatRequest, readAnswer } from './values.ts';

/** Most calls that the gateway takes in one exchange. */
const MOST_CALLS = 100;

type Single = { readonly method: string; readonly request?: BusinessParameters; readonly session?: string | undefined };
type Outcome = Readonly<Record<string, unknown>> | TopError;

/** One call on its way: its place in the batch, and what it says on the wire. */
type Item = {
  readonly place: number;
  readonly method: string;
  readonly parameters: Map<string, string>;
  readonly repeatable: boolean;
};

/** Makes calls in exchanges of a hundred; those whose error is worth a repeat go again, the others stand. */
export const callBatch =
  (session: Session) =>
  async (calls: readonly Single[], own: CallOptions = {}): Promise<Outcome[]> => {
    const outcomes: Outcome[] = [];
    const items = calls.map(toItem);
    for (let from = 0; from < items.length; from += MOST_CALLS)
      await complete(session, items.slice(from, from + MOST_CALLS), own, outcomes);
    return outcomes;
  };

function toItem({ method, request = {}, session }: Single, place: number): Item {
  const parameters = texts(formatRequest(method, request), method).set('method', method);
  if (session) parameters.set('session', session);
  return { place, method, parameters, repeatable: isRepeatable(method, request) };
}

/** Puts the outcome of every call into its place. */
async function complete(session: Session, items: readonly Item[], own: CallOptions, outcomes: Outcome[]) {
  let pending = items;
  for (let tries = 0; pending.length > 0; tries++) {
    const answers = await exchange(session, pending, own);
    const waits = pending.map(({ place, repeatable }, index) => {
      const outcome = answers[index] as Outcome;
      outcomes[place] = outcome;
      return waitBefore(outcome, patienceOf(session, own, repeatable), tries, Math.random());
    });
    pending = pending.filter((_, index) => waits[index] !== undefined);
    if (pending.length > 0) await pause(Math.max(...waits.map((wait) => wait ?? 0)), own.signal);
  }
}

/** One exchange, repeated while no answer comes at all. */
function exchange(session: Session, items: readonly Item[], own: CallOptions): Promise<Outcome[]> {
  const { signal } = own;
  const calls = items.map(({ parameters }) => parameters);
  const body = encodeBatch(new Map(), calls);
  const attempt = async () => {
    signal?.throwIfAborted();
    const query = encodeForm(signedBatch(credentialsOf(session, own), body, new Date()));
    const to = { method: 'batch', url: `${session.addresses.batch}?${query}`, type: 'text/plain;charset=utf-8' };
    return readAnswers(
      items,
      await post(session.options, { ...to, body, timeout_ms: timeoutOf(session, own), signal }),
    );
  };
  const repeatable = items.every((item) => item.repeatable);
  return persist(attempt, patienceOf(session, own, repeatable), signal);
}

/** The answers of a batch; one that is refused whole has one error, which is then that of every call (TOP protocol 9). */
function readAnswers(items: readonly Item[], text: string): Outcome[] {
  const answers = text.split(BATCH_SEPARATOR);
  const whole = answers.length === 1;
  const outcomes = items.map(({ method }, index) => outcomeOf(method, answers[whole ? 0 : index] ?? ''));
  const fits = whole && items.length > 1 ? outcomes[0] instanceof TopError : answers.length === items.length;
  if (!fits) throw new TopNetworkError('batch', 'answer', `${answers.length} answers to ${items.length} calls`);
  return outcomes;
}

function outcomeOf(method: string, text: string): Outcome {
  try {
    return readAnswer(method, text);
  } catch (error) {
    if (error instanceof TopError) return error;
    throw error;
  }
}
