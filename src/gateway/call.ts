import { platformError, TopError } from '../contract/errors.ts';
import type { CallContext, Contract, SessionContext } from '../contract/method.ts';
import { compileParser } from '../wire/parse.ts';
import { compileWriters, type Format, renderError, type Writer } from '../wire/render.ts';
import type { Parameters } from '../wire/sign.ts';
import type { App, AppStore } from './apps.ts';
import type { CallLog } from './call-log.ts';
import {
  checkPublicParameters,
  formatOf,
  refusePermission,
  refuseSession,
  refuseSignature,
  type SignPolicy,
} from './checks.ts';
import type { Deadlines } from './deadlines.ts';
import { toTopError } from './failure.ts';
import type { Metrics } from './metrics.ts';
import { type Quotas, StaleApp } from './quotas.ts';
import { newRequestId } from './request-id.ts';
import type { SessionStore } from './sessions.ts';

/** A function that carries out any method: the erased form of the contract's `Handler`. */
export type AnyHandler = (request: never, context: SessionContext) => Promise<object>;

/** All that the request path works with; put together once at start. */
export type Gateway = {
  readonly contracts: readonly Contract[];
  readonly handlers: Readonly<Record<string, AnyHandler>>;
  readonly apps: AppStore;
  readonly sessions: SessionStore;
  readonly quotas: Quotas;
  readonly callLog: CallLog;
  readonly metrics: Metrics;
  readonly signPolicy: SignPolicy;
  readonly clock: () => Date;
  readonly deadlines: Deadlines;
  /** Told of every unexpected error whole, with the request_id that the caller saw. */
  readonly onUnexpected: (error: unknown, request_id: string, method: string | undefined) => void;
};

/** A call as it came over HTTP, whatever the dialect. */
export type CallInput = {
  readonly parameters: Parameters;
  /** Raw text of a body that is not a form; it is signed after the parameters (TOP protocol 4.6). */
  readonly body: string;
  /** Address of the caller. */
  readonly address: string;
  /** Host name by which the caller reached the server, without port. */
  readonly host: string;
};

/** The text that goes back, and its spelling. */
export type Answer = { readonly text: string; readonly format: Format };

/** A method ready to be called: its contract with parser, writers and handler. */
type Method = {
  readonly contract: Contract;
  readonly parse: (parameters: Parameters) => unknown;
  readonly writers: Record<Format, Writer>;
  readonly handle: (request: unknown, context: CallContext) => Promise<object>;
};

/** Who calls: what the checks before a method leave known. */
type Caller = { readonly app: App; readonly input: CallInput };

/** The request path over a gateway. */
export type Dispatcher = {
  /**
   * Answers one call. Never throws: every exit is an answer or an entry of the error table.
   * @param failure error met while the request was read
   */
  answer(input: CallInput, failure?: TopError): Promise<Answer>;
  /**
   * Answers the calls of a batch one by one under one signature (TOP protocol 9); a batch refused whole has one error.
   * Never throws.
   * @param calls reads the calls out of the body; may throw a TopError
   * @param failure error met while the request was read
   */
  answerBatch(input: CallInput, calls: () => readonly Map<string, string>[], failure?: TopError): Promise<Answer[]>;
};

const STALE_RETRIES = 5;
/** Form of every app_key; no other text is worth asking the database about. */
const APP_KEY = /^\d{1,20}$/;

/** Builds the request path: compiles every contract's parser and writers once. */
export function createDispatcher(gateway: Gateway): Dispatcher {
  const methods = new Map(gateway.contracts.map((contract) => [contract.name, prepare(contract, gateway.handlers)]));

  async function answer(input: CallInput, failure?: TopError): Promise<Answer> {
    return recorded(gateway, input.parameters, formatOf(input.parameters), async (context) => {
      if (failure !== undefined) throw failure;
      if (!input.parameters.get('method')) throw platformError('missing-method');
      checkPublicParameters(input.parameters, context.now);
      const method = findMethod(methods, input.parameters);
      const caller = await identify(gateway, input, context.now);
      return carryOut(gateway, method, caller, input.parameters, context);
    });
  }

  async function answerBatch(
    input: CallInput,
    calls: () => readonly Map<string, string>[],
    failure?: TopError,
  ): Promise<Answer[]> {
    const format = formatOf(input.parameters);
    let caller: Caller;
    let list: readonly Map<string, string>[];
    try {
      if (failure !== undefined) throw failure;
      const now = gateway.clock();
      checkPublicParameters(input.parameters, now);
      caller = await identify(gateway, input, now);
      list = calls();
    } catch (error) {
      return [await recorded(gateway, input.parameters, format, () => Promise.reject(error))];
    }
    return Promise.all(
      list.map((own) => {
        // A call may bring its own method and session, but not another app than the one that signed.
        const parameters = new Map([...input.parameters, ...own, ['app_key', caller.app.app_key]]);
        return recorded(gateway, parameters, format, async (context) => {
          if (!parameters.get('method')) throw platformError('missing-method');
          return carryOut(gateway, findMethod(methods, parameters), caller, parameters, context);
        });
      }),
    );
  }

  return { answer, answerBatch };
}

function prepare(contract: Contract, handlers: Readonly<Record<string, AnyHandler>>): Method {
  const handle = handlers[contract.name] as Method['handle'] | undefined;
  if (handle === undefined) throw new Error(`no handler for ${contract.name}`);
  return { contract, parse: compileParser(contract), writers: compileWriters(contract), handle };
}

function findMethod(methods: ReadonlyMap<string, Method>, parameters: Parameters): Method {
  const method = methods.get(parameters.get('method') ?? '');
  if (method === undefined) throw platformError('invalid-method');
  return method;
}

/** Finds the app and verifies the signature, again with fresh records when a refusal rests on stale ones. */
async function identify(gateway: Gateway, input: CallInput, now: Date): Promise<Caller> {
  const app_key = input.parameters.get('app_key') ?? '';
  if (!APP_KEY.test(app_key)) throw platformError('invalid-app-key');
  for (let tries = 0; ; tries++) {
    const app = gateway.apps.kept(app_key) ?? (await gateway.apps.find(app_key));
    if (app === undefined) throw platformError('invalid-app-key');
    const refusal =
      app.status === 'suspended'
        ? platformError('app-suspended')
        : refuseSignature(input.parameters, input.body, app, now, gateway.signPolicy);
    if (refusal === undefined) return { app, input };
    if (tries === STALE_RETRIES || !(await gateway.apps.isStale(app))) throw refusal;
  }
}

async function carryOut(
  gateway: Gateway,
  method: Method,
  caller: Caller,
  parameters: Parameters,
  context: Recording,
): Promise<(format: Format) => string> {
  const { contract } = method;
  const session_key = parameters.get('session') || undefined;
  const user =
    contract.session === 'none'
      ? undefined
      : await identifyUser(gateway, contract, caller.app.app_key, session_key, context.now);
  const admission = admit(gateway, contract, caller, context.now);
  if (admission !== undefined) await admission;
  const request = method.parse(parameters);
  const { request_id, now } = context;
  const value = await method.handle(request, {
    app_key: caller.app.app_key,
    ...(user !== undefined && { user }),
    now,
    request_id,
    host: caller.input.host,
  });
  return (format) => method.writers[format](value, request_id);
}

async function identifyUser(
  gateway: Gateway,
  contract: Contract,
  app_key: string,
  session_key: string | undefined,
  now: Date,
): Promise<CallContext['user']> {
  if (contract.session === 'optional' && session_key === undefined) return undefined;
  const session = session_key === undefined ? undefined : await gateway.sessions.find(session_key);
  const refusal = refuseSession(session_key, session, app_key, now);
  if (refusal !== undefined) throw refusal;
  return session;
}

/** Checks the permission and takes the call from its quotas; undefined when that needed no waiting. */
function admit(gateway: Gateway, contract: Contract, caller: Caller, now: Date): Promise<void> | undefined {
  if (refusePermission(caller.app, contract, caller.input.address) !== undefined)
    return admitAgain(gateway, contract, caller, now);
  return gateway.quotas.take(caller.app, contract.name, now)?.catch((error) => {
    if (!(error instanceof StaleApp)) throw error;
    return admitAgain(gateway, contract, caller, now);
  });
}

/** Decides on fresh records: a refusal may rest on a record that has changed, and a changed one admits nobody. */
async function admitAgain(gateway: Gateway, contract: Contract, caller: Caller, now: Date): Promise<void> {
  let { app } = caller;
  for (let tries = 0; ; tries++) {
    const refusal = refusePermission(app, contract, caller.input.address);
    try {
      if (refusal === undefined) return await gateway.quotas.take(app, contract.name, now);
      if (tries === STALE_RETRIES || !(await gateway.apps.isStale(app))) throw refusal;
    } catch (error) {
      if (!(error instanceof StaleApp)) throw error;
      if (tries === STALE_RETRIES) throw platformError('service-unavailable');
    }
    // The record changed under way: the signature must hold against the new one too.
    ({ app } = await identify(gateway, caller.input, now));
  }
}

/** What is known of a call while it runs. */
type Recording = { readonly request_id: string; readonly now: Date };

/** Runs one call and records it: its error becomes an `error_response` here and nowhere else. */
async function recorded(
  gateway: Gateway,
  parameters: Parameters,
  format: Format,
  run: (context: Recording) => Promise<(format: Format) => string>,
): Promise<Answer> {
  const started = performance.now();
  const now = gateway.clock();
  const request_id = newRequestId(now);
  let text: string;
  let failed: TopError | undefined;
  try {
    const write = await gateway.deadlines.hold(() => run({ request_id, now }));
    text = write(format);
  } catch (error) {
    failed = toTopError(error);
    if (!(error instanceof TopError)) gateway.onUnexpected(error, request_id, parameters.get('method'));
    text = renderError(format, failed.body, request_id);
  }
  record(gateway, parameters, { request_id, now }, failed, (performance.now() - started) * 1000);
  return { text, format };
}

function record(
  gateway: Gateway,
  parameters: Parameters,
  { request_id, now }: Recording,
  failed: TopError | undefined,
  micros: number,
): void {
  const { code, sub_code } = failed?.body ?? { code: 0, sub_code: undefined };
  // What a stranger sends as key or method is kept only when it has the form of one.
  const app_key = APP_KEY.exec(parameters.get('app_key') ?? '')?.[0];
  const method = /^[a-z][a-z0-9._]{1,127}$/.exec(parameters.get('method') ?? '')?.[0];
  const duration_us = Math.round(micros);
  gateway.metrics.called(method, code, sub_code, duration_us);
  gateway.callLog.add({ called_at: now, request_id, app_key, method, code, sub_code, duration_us });
}
