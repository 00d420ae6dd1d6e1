import { invalidArgument, platformError, type TopError } from '../contract/errors.ts';
import type { Contract } from '../contract/method.ts';
import { compileRefusal } from '../contract/outcome.ts';
import { CONSOLE_APP_KEY, mayActForUser, mayCall } from '../contract/platform/roles.ts';
import { type BatchCall, throwInSegment } from '../wire/batch.ts';
import { compileParser } from '../wire/parse.ts';
import { compileWriters } from '../wire/render.ts';
import { type Admission, type Caller, identify } from './admission.ts';
import {
  type Answer,
  type AnyHandler,
  answerCall,
  carryOut,
  findMethod,
  type Method,
  type Methods,
  perform,
  type Recorder,
  type Recording,
  runCall,
  type Write,
} from './call.ts';
import type { Acting, CallInput, OperatorCall } from './call-input.ts';
import { checkPublicParameters, formatOf, methodOf } from './checks.ts';

/** All that the request path works with; put together once at start. */
export type Gateway = Recorder &
  Admission & {
    readonly contracts: readonly Contract[];
    readonly handlers: Readonly<Record<string, AnyHandler>>;
    readonly acting: Acting;
  };

/** The three ways in; behind each, a call goes the way of call.ts. */
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

/** Builds the request path: compiles every contract's parser and writers once. Throws an Error for a contract without handler. */
export function createDispatcher(gateway: Gateway): Dispatcher {
  const methods = new Map(gateway.contracts.map((contract) => [contract.name, prepare(contract, gateway.handlers)]));
  return {
    answer: (input, failure) => answerCall(gateway, methods, input, failure),
    answerBatch: (input, calls, failure) => answerBatch(gateway, methods, input, calls, failure),
    answerOperator: (call) =>
      runCall(
        gateway,
        { parameters: new Map([['method', call.method]]), operator: call.operator.login },
        'simplified',
        (recording) => actFor(gateway, findMethod(methods, call.method), call, recording),
      ),
  };
}

function prepare(contract: Contract, handlers: Readonly<Record<string, AnyHandler>>): Method {
  const handle = handlers[contract.name] as Method['handle'] | undefined;
  if (handle === undefined) throw new Error(`no handler for ${contract.name}`);
  const refusalOf = compileRefusal(contract.outcome);
  return { contract, parse: compileParser(contract), writers: compileWriters(contract), handle, refusalOf };
}

/** The caller and the calls of a batch, or the error by which it is refused whole. */
type ReadBatch =
  | { readonly caller: Caller; readonly list: readonly BatchCall[] }
  | { readonly error: unknown; readonly stranger: boolean };

async function readBatch(
  gateway: Gateway,
  input: CallInput,
  calls: () => readonly BatchCall[],
  failure: TopError | undefined,
): Promise<ReadBatch> {
  let stranger = true;
  try {
    if (failure !== undefined) throw failure;
    const now = gateway.clock();
    checkPublicParameters(input.parameters, now);
    const caller = await identify(gateway, input, now);
    stranger = false;
    return { caller, list: calls() };
  } catch (error) {
    return { error, stranger };
  }
}

/** What either of two lists holds; undefined when neither is there. */
const bothOf = (one: readonly string[] | undefined, other: readonly string[] | undefined) =>
  one === undefined ? other : [...one, ...(other ?? [])];

async function answerBatch(
  gateway: Gateway,
  methods: Methods,
  input: CallInput,
  calls: () => readonly BatchCall[],
  failure: TopError | undefined,
): Promise<Answer[]> {
  const format = formatOf(input.parameters);
  const read = await readBatch(gateway, input, calls, failure);
  if ('error' in read) {
    const refuse = (recording: Recording): Promise<Write> => {
      recording.stranger = read.stranger;
      return Promise.reject(read.error);
    };
    return [await runCall(gateway, input, format, refuse)];
  }
  const { caller, list } = read;
  return Promise.all(
    list.map((call, index) => {
      // A call may bring its own method and session, but not another app than the one that signed.
      const parameters = new Map([...input.parameters, ...call.parameters, ['app_key', caller.app.app_key]]);
      const repeated = bothOf(input.repeated, call.repeated);
      const run = async (recording: Recording): Promise<Write> =>
        carryOut(
          gateway,
          findMethod(methods, methodOf(parameters, recording.now)),
          caller,
          { parameters, repeated },
          recording,
        );
      return runCall(gateway, { parameters, repeated, size: input.size }, format, (recording) =>
        run(recording).catch(throwInSegment(index + 1)),
      );
    }),
  );
}

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
