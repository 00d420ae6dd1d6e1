/**
 * One call, step by step. `answerCall` begins it (`runCall`), checks what is public, finds out who calls, lets him in,
 * carries the method out (`carryOut`, `perform`) and writes and records what came of it (`succeed` or `failCall`, then
 * `finish`). Each step that refuses throws its entry of the error table; `failCall` makes it the answer.
 *
 * Thousands of calls wait at once, and what each holds is copied by every collection of the young generation. So a
 * waiting call holds its `CallUnderWay` and no more: functions on this path return promises instead of being async,
 * and closures that wait stand in functions that see little.
 */

import { BusyError } from '../batching/batch.ts';
import { TopError } from '../contract/errors.ts';
import type { CallContext, Contract, SessionContext } from '../contract/method.ts';
import { type compileRefusal, REFUSED } from '../contract/outcome.ts';
import { CONSOLE_APP_KEY } from '../contract/platform/roles.ts';
import type { Parameters } from '../wire/base-text.ts';
import { invalidMethod } from '../wire/diagnosis/causes.ts';
import { type Format, type Writer as ResponseWriter, renderError } from '../wire/render.ts';
import { refuseFiles, refuseRepeated, type Values } from '../wire/unknown.ts';
import { type Admission, admit, type Caller, identify, identifyKept, identifyUser } from './admission.ts';
import type { CallInput } from './call-input.ts';
import type { CallLog } from './call-log.ts';
import { checkPublicParameters, formatOf, methodOf } from './checks.ts';
import type { Deadlines, Held } from './deadlines.ts';
import { toTopError } from './failure.ts';
import { internAppKey, internMethod } from './interned.ts';
import type { Metrics } from './metrics.ts';
import type { RecentCalls } from './recent-calls.ts';
import { newRequestId } from './request-id.ts';

/** Carries out any method: the erased form of the contract's `Handler`. */
export type AnyHandler = (request: never, context: SessionContext) => Promise<object>;

/** A method ready to be called: its contract with parser, writers and the handler of its domain. */
export type Method = {
  readonly contract: Contract;
  readonly parse: (parameters: Values) => unknown;
  readonly writers: Record<Format, ResponseWriter>;
  /** From `joinHandlers` of src/handlers.ts: `domains/<domain>/handlers.ts` says which function it is. */
  readonly handle: (request: unknown, context: CallContext) => Promise<object>;
  readonly refusalOf: ReturnType<typeof compileRefusal>;
};

/** Every method by its name. */
export type Methods = ReadonlyMap<string, Method>;

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

/** The text that goes back, and its format. */
export type Answer = { readonly text: string; readonly format: Format };

/** Makes the text of an answer in a format. */
export type Write = (format: Format) => string;

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

/** All that is kept of a call while it runs. */
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

/**
 * Answers one call of an app: the order of its checks is that of TOP protocol 6.3. Never throws.
 * @param failure error met while the request was read
 */
export function answerCall(
  gateway: Recorder & Admission,
  methods: Methods,
  input: CallInput,
  failure?: TopError,
): Promise<Answer> {
  return runCall(gateway, input, formatOf(input.parameters), (recording) => {
    recording.stranger = true;
    if (failure !== undefined) throw failure;
    const name = methodOf(input.parameters, recording.now);
    checkPublicParameters(input.parameters, recording.now);
    const method = findMethod(methods, name);
    const goOn = (caller: Caller) => {
      recording.stranger = false;
      return carryOut(gateway, method, caller, input, recording);
    };
    const kept = identifyKept(gateway, input, recording.now);
    return kept === undefined ? identify(gateway, input, recording.now).then(goOn) : goOn(kept);
  });
}

/** The method of a name. Throws 22, with the nearest name, when there is none. */
export function findMethod(methods: Methods, name: string): Method {
  const method = methods.get(name);
  if (method === undefined) throw invalidMethod(name, methods.keys());
  return method;
}

/** Begins a call, runs its steps, and records what came of it: the one place where an error becomes an answer. Never throws. */
export function runCall(
  recorder: Recorder,
  call: RecordedCall,
  format: Format,
  steps: (recording: Recording) => Promise<Write>,
): Promise<Answer> {
  return new Promise((answer) => begin(toUnderWay(recorder, call, format, answer), steps));
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
    app_key: operator === undefined ? internAppKey(parameters.get('app_key')) : CONSOLE_APP_KEY,
    method: internMethod(parameters.get('method')),
    operator,
    recent: recorder.recentCalls === undefined || size === undefined ? undefined : call,
    answer,
    until: 0,
    place: 0,
  };
}

function begin(call: CallUnderWay, steps: (recording: Recording) => Promise<Write>): void {
  const { deadlines } = call.recorder;
  try {
    deadlines.begin(call);
  } catch (error) {
    failCall(call, error);
    return;
  }
  try {
    whenDone(call, steps(call));
  } catch (error) {
    deadlines.end(call);
    failCall(call, error);
  }
}

/** Carries a method out for a caller, once its session, its permission and its quotas are checked. */
export function carryOut(
  admission: Admission,
  method: Method,
  caller: Caller,
  { parameters, repeated }: Pick<CallInput, 'parameters' | 'repeated'>,
  recording: Recording,
): Promise<Write> {
  const { contract } = method;
  const { app_key } = caller.app;
  const { request_id, now } = recording;
  const context = { app_key, actor: app_key, method: contract.name, now, request_id, host: caller.input.host };
  const { files } = caller.input;
  const go = (user: CallContext['user']): Promise<Write> => {
    if (files !== undefined) refuseFiles(contract, files);
    if (repeated !== undefined) refuseRepeated(contract, repeated);
    return perform(method, parameters, user === undefined ? context : { ...context, user }, recording);
  };
  if (contract.session === 'none') {
    const admitted = admit(admission, contract, caller, now);
    return admitted === undefined ? go(undefined) : admitted.then(() => go(undefined));
  }
  return identifyUser(admission, contract, app_key, parameters, now).then(async (user) => {
    await admit(admission, contract, caller, now);
    return go(user);
  });
}

/** Reads the parameters (40, 41) and hands them to the method's handler, in its domain; what waits holds no more than is written. */
export function perform(
  method: Method,
  parameters: Values,
  context: CallContext,
  recording: Recording,
): Promise<Write> {
  return writtenBy(method, method.handle(method.parse(parameters), context), recording);
}

const writtenBy = ({ writers, refusalOf }: Method, value: Promise<object>, recording: Recording): Promise<Write> =>
  value.then((value) => {
    recording.refusal = refusalOf(value)?.code;
    return (format) => writers[format](value, recording.request_id);
  });

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
