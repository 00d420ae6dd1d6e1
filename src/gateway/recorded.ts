import { TopError } from '../contract/errors.ts';
import { CONSOLE_APP_KEY } from '../contract/roles.ts';
import { BusyError } from '../database/batch.ts';
import type { Parameters } from '../wire/base-text.ts';
import { type Format, renderError } from '../wire/render.ts';
import type { CallLog } from './call-log.ts';
import type { Deadlines } from './deadlines.ts';
import { toTopError } from './failure.ts';
import type { Metrics } from './metrics.ts';
import type { RecentCalls } from './recent-calls.ts';
import { newRequestId } from './request-id.ts';

/** What calls are timed, counted and logged with. */
export type Recorder = {
  readonly callLog: CallLog;
  readonly metrics: Metrics;
  readonly clock: () => Date;
  readonly deadlines: Deadlines;
  /** Keeps the last calls, to be explained and made again; undefined outside a sandbox. */
  readonly recentCalls?: RecentCalls | undefined;
  /** Told of every unexpected error whole, with the request_id that the caller saw. */
  readonly onUnexpected: (error: unknown, request_id: string, method: string | undefined) => void;
};

/**
 * A call as far as it is recorded: its parameters, raw body, the size of the request that brought it, and the login of an
 * operator who calls from the console.
 */
export type RecordedCall = {
  readonly parameters: Parameters;
  readonly body?: string;
  readonly size?: number;
  readonly operator?: string;
};

/** The text that goes back, and its spelling. */
export type Answer = { readonly text: string; readonly format: Format };

/** What is known of a call while it runs. */
export type Recording = { readonly request_id: string; readonly now: Date };

/** Form of every app_key; no other text is worth asking the database about. */
export const APP_KEY = /^\d{1,20}$/;

/** Form of every method's name. */
const METHOD = /^[a-z][a-z0-9._]{1,127}$/;

const MOST_KEPT = 1000;

/** Texts of a form. Each is kept as a text of its own: a record must not hold on to the request that it was cut from. */
function keepTexts(form: RegExp): (text: string | undefined) => string | undefined {
  const kept = new Map<string, string>();
  return (text = '') => {
    const known = kept.get(text);
    if (known !== undefined || !form.test(text)) return known;
    if (kept.size >= MOST_KEPT) kept.clear();
    const own = Buffer.from(text).toString('latin1');
    kept.set(own, own);
    return own;
  };
}

const keptAppKey = keepTexts(APP_KEY);
const keptMethod = keepTexts(METHOD);

/** Runs one call and records it: its error becomes an `error_response` here and nowhere else. Never throws. */
export async function recorded(
  recorder: Recorder,
  call: RecordedCall,
  format: Format,
  run: (recording: Recording) => Promise<(format: Format) => string>,
): Promise<Answer> {
  const { parameters } = call;
  const started = performance.now();
  const now = recorder.clock();
  const request_id = newRequestId(now);
  const recording = { request_id, now };
  let text: string;
  let failed: TopError | undefined;
  try {
    const write = await recorder.deadlines.hold(() => run(recording));
    text = write(format);
  } catch (error) {
    failed = toTopError(error);
    // That too many wait is no fault, and to write each of them down would add to the load.
    if (!(error instanceof TopError || error instanceof BusyError))
      recorder.onUnexpected(error, request_id, parameters.get('method'));
    text = renderError(format, failed.body, request_id);
  }
  record(recorder, call, recording, failed, (performance.now() - started) * 1000);
  return { text, format };
}

function record(
  { metrics, callLog, recentCalls }: Recorder,
  { parameters, body = '', size, operator }: RecordedCall,
  { request_id, now }: Recording,
  failed: TopError | undefined,
  micros: number,
): void {
  const { code, sub_code } = failed?.body ?? { code: 0, sub_code: undefined };
  // What a stranger sends as key or method is kept only when it has the form of one.
  const app_key = operator === undefined ? keptAppKey(parameters.get('app_key')) : CONSOLE_APP_KEY;
  const method = keptMethod(parameters.get('method'));
  const duration_us = Math.round(micros);
  metrics.called(method, code, sub_code, duration_us);
  callLog.add({ called_at: now, request_id, app_key, operator, method, code, sub_code, duration_us });
  if (size !== undefined) recentCalls?.keep({ request_id, parameters, body, code }, size);
}
