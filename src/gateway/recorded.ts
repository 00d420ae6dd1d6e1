import { TopError } from '../contract/errors.ts';
import { REFUSED } from '../contract/outcome.ts';
import { CONSOLE_APP_KEY } from '../contract/roles.ts';
import { BusyError } from '../database/batch.ts';
import type { Parameters } from '../wire/base-text.ts';
import { type Format, renderError } from '../wire/render.ts';
import type { CallLog } from './call-log.ts';
import type { Deadlines, Held } from './deadlines.ts';
import { toTopError } from './failure.ts';
import type { Metrics } from './metrics.ts';
import type { RecentCalls } from './recent-calls.ts';
import { newRequestId } from './request-id.ts';

/** What calls are timed, counted and logged with. */
export type Recorder = {
  readonly callLog: CallLog;
  readonly metrics: Metrics;
  readonly clock: () => Date;
  readonly deadlines: Deadlines<CallUnderWay>;
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
  readonly repeated?: readonly string[] | undefined;
  readonly size?: number;
  readonly operator?: string;
};

/** The text that goes back, and its spelling. */
export type Answer = { readonly text: string; readonly format: Format };

/**
 * What is known of a call while it runs; `refusal` the code by which its answer refuses, once that is known, and `stranger`
 * whether it is not known yet that an app signed it.
 */
export type Recording = {
  readonly request_id: string;
  readonly now: Date;
  refusal: string | undefined;
  stranger: boolean;
};

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

/**
 * All that is kept of a call while it runs: thousands wait at once, and what each holds is copied again and again while
 * it waits.
 */
export type CallUnderWay = Held &
  Recording & {
    readonly recorder: Recorder;
    readonly format: Format;
    /** Milliseconds of this process's clock. */
    readonly started: number;
    readonly app_key: string | undefined;
    readonly method: string | undefined;
    readonly operator: string | undefined;
    /** The call itself, where it is kept to be explained. */
    readonly recent: RecordedCall | undefined;
    /** Gives the answer; undefined once it is given. */
    answer: ((answer: Answer) => void) | undefined;
  };

/** Makes the text of an answer in a spelling. */
export type Write = (format: Format) => string;

/** Runs one call and records it: its error becomes an `error_response` here and nowhere else. Never throws. */
export function recorded(
  recorder: Recorder,
  call: RecordedCall,
  format: Format,
  run: (recording: Recording) => Promise<Write>,
): Promise<Answer> {
  return new Promise((answer) => begin(toUnderWay(recorder, call, format, answer), run));
}

function toUnderWay(
  recorder: Recorder,
  call: RecordedCall,
  format: Format,
  answer: (answer: Answer) => void,
): CallUnderWay {
  const { parameters, size, operator } = call;
  const now = recorder.clock();
  return {
    recorder,
    format,
    request_id: newRequestId(now),
    now,
    refusal: undefined,
    stranger: false,
    started: performance.now(),
    // What a stranger sends as key or method is kept only when it has the form of one.
    app_key: operator === undefined ? keptAppKey(parameters.get('app_key')) : CONSOLE_APP_KEY,
    method: keptMethod(parameters.get('method')),
    operator,
    recent: recorder.recentCalls === undefined || size === undefined ? undefined : call,
    answer,
    until: 0,
    place: 0,
  };
}

function begin(call: CallUnderWay, run: (recording: Recording) => Promise<Write>): void {
  const { deadlines } = call.recorder;
  try {
    deadlines.begin(call);
  } catch (error) {
    failCall(call, error);
    return;
  }
  try {
    whenDone(call, run(call));
  } catch (error) {
    deadlines.end(call);
    failCall(call, error);
  }
}

function whenDone(call: CallUnderWay, running: Promise<Write>): void {
  running.then(
    (write) => {
      call.recorder.deadlines.end(call);
      succeed(call, write);
    },
    (error) => {
      call.recorder.deadlines.end(call);
      failCall(call, error);
    },
  );
}

function succeed(call: CallUnderWay, write: Write): void {
  if (call.answer === undefined) return;
  let text: string;
  try {
    text = write(call.format);
  } catch (error) {
    failCall(call, error);
    return;
  }
  finish(call, text, undefined);
}

/** Answers a call with an error, unless it is answered already. */
export function failCall(call: CallUnderWay, error: unknown): void {
  if (call.answer === undefined) return;
  const { recorder, format, request_id, method } = call;
  const failed = toTopError(error);
  // That too many wait is no fault, and to write each of them down would add to the load.
  if (!(error instanceof TopError || error instanceof BusyError)) recorder.onUnexpected(error, request_id, method);
  finish(call, renderError(format, failed.body, request_id), failed);
}

function finish(call: CallUnderWay, text: string, failed: TopError | undefined): void {
  record(call, failed);
  const { answer, format } = call;
  call.answer = undefined;
  answer?.({ text, format });
}

const outcomeOf = ({ refusal }: Recording) =>
  refusal === undefined ? { code: 0, sub_code: undefined } : { code: REFUSED, sub_code: refusal };

function record(call: CallUnderWay, failed: TopError | undefined): void {
  const { recorder, request_id, now, app_key, method, operator, recent, stranger } = call;
  const { code, sub_code } = failed?.body ?? outcomeOf(call);
  const duration_us = Math.round((performance.now() - call.started) * 1000);
  recorder.metrics.called(method, code, sub_code, duration_us);
  const entry = { called_at: now, request_id, app_key, operator, method, code, sub_code, duration_us };
  if (stranger) recorder.callLog.addRefused(entry);
  else recorder.callLog.add(entry);
  if (recent === undefined) return;
  const { parameters, repeated, body = '', size = 0 } = recent;
  recorder.recentCalls?.keep({ request_id, parameters, ...(repeated && { repeated }), body, code, stranger }, size);
}
