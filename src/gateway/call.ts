import { invalidArgument, platformError, type TopError } from '../contract/errors.ts';
import type { CallContext, Contract, SessionContext } from '../contract/method.ts';
import { compileRefusal } from '../contract/outcome.ts';
import { CONSOLE_APP_KEY, mayActForUser, mayCall } from '../contract/roles.ts';
import type { Parameters } from '../wire/base-text.ts';
import { type BatchCall, throwInSegment } from '../wire/batch.ts';
import { compileParser } from '../wire/parse.ts';
import { compileWriters, type Format, type Writer as ResponseWriter } from '../wire/render.ts';
import { refuseFiles, refuseRepeated, type Values } from '../wire/unknown.ts';
import type { App, AppStore } from './apps.ts';
import type { Acting, CallInput, OperatorCall } from './call-input.ts';
import { invalidAppKey, invalidMethod } from './causes.ts';
import {
  checkPublicParameters,
  formatOf,
  methodOf,
  refusePermission,
  refuseSession,
  refuseSignature,
  type SignPolicy,
} from './checks.ts';
import type { SignatureExplainer } from './explain-signature.ts';
import { type Quotas, StaleApp } from './quotas.ts';
import { WRONG_SIGNATURE } from './recent-calls.ts';
import { type Answer, APP_KEY, type Recorder, type Recording, recorded, type Write } from './recorded.ts';
import type { SessionStore } from './sessions.ts';

/** Carries out any method: the erased form of the contract's `Handler`. */
export type AnyHandler = (request: never, context: SessionContext) => Promise<object>;

/** All that the request path works with; put together once at start. */
export type Gateway = Recorder & {
  readonly contracts: readonly Contract[];
  readonly handlers: Readonly<Record<string, AnyHandler>>;
  readonly apps: AppStore;
  readonly sessions: SessionStore;
  readonly quotas: Quotas;
  readonly signPolicy: SignPolicy;
  /** Finds the cause of a wrong signature. */
  readonly explainSignature: SignatureExplainer;
  readonly acting: Acting;
};

/** A method ready to be called: its contract with parser, writers and handler. */
type Method = {
  readonly contract: Contract;
  readonly parse: (parameters: Values) => unknown;
  readonly writers: Record<Format, ResponseWriter>;
  readonly handle: (request: unknown, context: CallContext) => Promise<object>;
  readonly refusalOf: ReturnType<typeof compileRefusal>;
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
  answerBatch(input: CallInput, calls: () => readonly BatchCall[], failure?: TopError): Promise<Answer[]>;
  /**
   * Answers a call from the console in simplified JSON: the operator's role stands in for the app's package, and neither
   * signature nor quota is asked for; all else is as with any call. Never throws.
   */
  answerOperator(call: OperatorCall): Promise<Answer>;
};

/** Builds the request path: compiles every contract's parser and writers once. */
export function createDispatcher(gateway: Gateway): Dispatcher {
  const methods = new Map(gateway.contracts.map((contract) => [contract.name, prepare(contract, gateway.handlers)]));

  const answer = (input: CallInput, failure?: TopError): Promise<Answer> =>
    recorded(gateway, input, formatOf(input.parameters), (context) => {
      context.stranger = true;
      if (failure !== undefined) throw failure;
      const name = methodOf(input.parameters, context.now);
      checkPublicParameters(input.parameters, context.now);
      const method = findMethod(methods, name);
      const goOn = (caller: Caller) => {
        context.stranger = false;
        return carryOut(gateway, method, caller, input, context);
      };
      const kept = identifyKept(gateway, input, context.now);
      return kept === undefined ? identify(gateway, input, context.now).then(goOn) : goOn(kept);
    });

  async function answerBatch(
    input: CallInput,
    calls: () => readonly BatchCall[],
    failure?: TopError,
  ): Promise<Answer[]> {
    const format = formatOf(input.parameters);
    let caller: Caller;
    let list: readonly BatchCall[];
    let stranger = true;
    try {
      if (failure !== undefined) throw failure;
      const now = gateway.clock();
      checkPublicParameters(input.parameters, now);
      caller = await identify(gateway, input, now);
      stranger = false;
      list = calls();
    } catch (error) {
      const refuse = (context: Recording): Promise<Write> => {
        context.stranger = stranger;
        return Promise.reject(error);
      };
      return [await recorded(gateway, input, format, refuse)];
    }
    return Promise.all(
      list.map((call, index) => {
        // A call may bring its own method and session, but not another app than the one that signed.
        const parameters = new Map([...input.parameters, ...call.parameters, ['app_key', caller.app.app_key]]);
        const repeated = bothOf(input.repeated, call.repeated);
        const run = async (context: Recording): Promise<Write> =>
          carryOut(
            gateway,
            findMethod(methods, methodOf(parameters, context.now)),
            caller,
            { parameters, repeated },
            context,
          );
        return recorded(gateway, { parameters, repeated, size: input.size }, format, (context) =>
          run(context).catch(throwInSegment(index + 1)),
        );
      }),
    );
  }

  const answerOperator = (call: OperatorCall): Promise<Answer> =>
    recorded(
      gateway,
      { parameters: new Map([['method', call.method]]), operator: call.operator.login },
      'simplified',
      (recording) => actFor(gateway, findMethod(methods, call.method), call, recording),
    );

  return { answer, answerBatch, answerOperator };
}

/** What either of two lists holds; undefined when neither is there. */
const bothOf = (one: readonly string[] | undefined, other: readonly string[] | undefined) =>
  one === undefined ? other : [...one, ...(other ?? [])];

function prepare(contract: Contract, handlers: Readonly<Record<string, AnyHandler>>): Method {
  const handle = handlers[contract.name] as Method['handle'] | undefined;
  if (handle === undefined) throw new Error(`no handler for ${contract.name}`);
  const refusalOf = compileRefusal(contract.outcome);
  return { contract, parse: compileParser(contract), writers: compileWriters(contract), handle, refusalOf };
}

function findMethod(methods: ReadonlyMap<string, Method>, name: string): Method {
  const method = methods.get(name);
  if (method === undefined) throw invalidMethod(name, methods.keys());
  return method;
}

const STALE_RETRIES = 5;
/** The caller if its app is in memory and its signature right, which is nearly always: nothing to wait for. */
function identifyKept(gateway: Gateway, input: CallInput, now: Date): Caller | undefined {
  const app = gateway.apps.kept(input.parameters.get('app_key') ?? '');
  return app === undefined || refuseCaller(gateway, app, input, now) !== undefined ? undefined : { app, input };
}

/** Finds the app and verifies the signature, again with fresh records when a refusal rests on stale ones. */
async function identify(gateway: Gateway, input: CallInput, now: Date): Promise<Caller> {
  const app_key = input.parameters.get('app_key') ?? '';
  if (!APP_KEY.test(app_key)) throw invalidAppKey(app_key);
  for (let tries = 0; ; tries++) {
    const app = gateway.apps.kept(app_key) ?? (await gateway.apps.find(app_key));
    if (app === undefined) throw invalidAppKey(app_key);
    const refusal = refuseCaller(gateway, app, input, now);
    if (refusal === undefined) return { app, input };
    if (tries === STALE_RETRIES || !(await gateway.apps.isStale(app)))
      throw refusal.body.code === WRONG_SIGNATURE ? gateway.explainSignature(input, app, now) : refusal;
  }
}

const refuseCaller = ({ signPolicy }: Gateway, app: App, input: CallInput, now: Date): TopError | undefined =>
  app.status === 'suspended'
    ? platformError('app-suspended')
    : refuseSignature(input.parameters, input.body, app, now, signPolicy);

/** Carries a method out for a caller, once its session and its permission are checked. */
function carryOut(
  gateway: Gateway,
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
    const admission = admit(gateway, contract, caller, now);
    return admission === undefined ? go(undefined) : admission.then(() => go(undefined));
  }
  return identifyUser(gateway, contract, app_key, parameters, now).then(async (user) => {
    await admit(gateway, contract, caller, now);
    return go(user);
  });
}

/** Carries a method out. What waits for its value holds no more than is needed to write and to record it. */
function perform(method: Method, parameters: Values, context: CallContext, recording: Recording): Promise<Write> {
  return writtenBy(method, method.handle(method.parse(parameters), context), recording);
}

const writtenBy = ({ writers, refusalOf }: Method, value: Promise<object>, recording: Recording): Promise<Write> =>
  value.then((value) => {
    recording.refusal = refusalOf(value)?.code;
    return (format) => writers[format](value, recording.request_id);
  });

/** Carries a method out for an operator whose role allows it. */
async function actFor(
  { acting }: Gateway,
  method: Method,
  { operator, request, session_user, host }: OperatorCall,
  recording: Recording,
): Promise<Write> {
  const { contract } = method;
  const { login: actor, role } = operator;
  const { request_id, now } = recording;
  const refuse = (sub_msg: string): TopError => platformError('api-package-limit', { sub_msg });
  if (!mayCall(role, contract)) throw refuse(`角色 ${role} 不能调用 ${contract.name}`);
  const user_id = contract.session === 'none' ? undefined : session_user;
  if (user_id !== undefined && !mayActForUser(role)) throw refuse(`角色 ${role} 不能代用户操作`);
  const user = user_id === undefined ? undefined : await acting.findUser(user_id);
  if (contract.session === 'required' && session_user === undefined)
    throw platformError('missing-session', { sub_msg: '请指定代为操作的用户 session_user' });
  if (user_id !== undefined && user === undefined) throw invalidArgument('session_user', `用户 ${user_id} 不存在`);
  // Administrative writes enter their rows themselves.
  if (user !== undefined || (contract.kind === 'write' && !contract.name.startsWith('piaoquan.')))
    await acting.enter({ actor, method: contract.name, request_id, now }, user_id);
  const context = { app_key: CONSOLE_APP_KEY, actor, method: contract.name, host, request_id, now };
  return perform(method, request, user === undefined ? context : { ...context, user }, recording);
}

async function identifyUser(
  gateway: Gateway,
  contract: Contract,
  app_key: string,
  parameters: Parameters,
  now: Date,
): Promise<CallContext['user']> {
  const session_key = parameters.get('session') || undefined;
  if (contract.session === 'optional' && session_key === undefined) return undefined;
  const session = session_key === undefined ? undefined : await gateway.sessions.find(session_key);
  const refusal = refuseSession(parameters, session, app_key, now);
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
