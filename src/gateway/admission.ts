import { platformError, type TopError } from '../contract/errors.ts';
import type { CallContext, Contract } from '../contract/method.ts';
import type { Parameters } from '../wire/base-text.ts';
import { invalidAppKey } from '../wire/diagnosis/causes.ts';
import type { App, AppStore } from './apps.ts';
import type { CallInput } from './call-input.ts';
import { permissionRefusal, type SignPolicy, sessionRefusal, signatureRefusal } from './checks.ts';
import type { SignatureExplainer } from './explain-signature.ts';
import { APP_KEY } from './interned.ts';
import { type Quotas, StaleApp } from './quotas.ts';
import { WRONG_SIGNATURE } from './recent-calls.ts';
import type { SessionStore } from './sessions.ts';

/** What callers are known by. */
export type Admission = {
  readonly apps: AppStore;
  readonly sessions: SessionStore;
  readonly quotas: Quotas;
  readonly signPolicy: SignPolicy;
  /** Finds the cause of a wrong signature. */
  readonly explainSignature: SignatureExplainer;
};

/** Who calls, once the signature is found right. */
export type Caller = { readonly app: App; readonly input: CallInput };

const STALE_RETRIES = 5;

/** The caller if its app is in memory and its signature right, which is nearly always: nothing to wait for. */
export function identifyKept(admission: Admission, input: CallInput, now: Date): Caller | undefined {
  const app = admission.apps.kept(input.parameters.get('app_key') ?? '');
  return app === undefined || callerRefusal(admission, app, input, now) !== undefined ? undefined : { app, input };
}

/**
 * Finds the app and verifies the signature, again with fresh records when a refusal rests on stale ones. Throws 29 for an
 * app that is unknown or suspended, 25 for a wrong signature.
 */
export async function identify(admission: Admission, input: CallInput, now: Date): Promise<Caller> {
  const app_key = input.parameters.get('app_key') ?? '';
  if (!APP_KEY.test(app_key)) throw invalidAppKey(app_key);
  for (let tries = 0; ; tries++) {
    const app = admission.apps.kept(app_key) ?? (await admission.apps.find(app_key));
    if (app === undefined) throw invalidAppKey(app_key);
    const refusal = callerRefusal(admission, app, input, now);
    if (refusal === undefined) return { app, input };
    if (tries === STALE_RETRIES || !(await admission.apps.isStale(app)))
      throw refusal.body.code === WRONG_SIGNATURE ? admission.explainSignature(input, app, now) : refusal;
  }
}

const callerRefusal = ({ signPolicy }: Admission, app: App, input: CallInput, now: Date): TopError | undefined =>
  app.status === 'suspended'
    ? platformError('app-suspended')
    : signatureRefusal(input.parameters, input.body, app, now, signPolicy);

/** The user of a call's session; undefined where a method may go without. Throws 26 or 27. */
export async function identifyUser(
  admission: Admission,
  contract: Contract,
  app_key: string,
  parameters: Parameters,
  now: Date,
): Promise<CallContext['user']> {
  const session_key = parameters.get('session') || undefined;
  if (contract.session === 'optional' && session_key === undefined) return undefined;
  const session = session_key === undefined ? undefined : await admission.sessions.find(session_key);
  const refusal = sessionRefusal(parameters, session, app_key, now);
  if (refusal !== undefined) throw refusal;
  return session;
}

/**
 * Checks the permission and takes the call from its quotas; undefined when that needed no waiting. Rejects with 11 for a
 * missing package, 7 beyond a quota.
 */
export function admit(admission: Admission, contract: Contract, caller: Caller, now: Date): Promise<void> | undefined {
  if (permissionRefusal(caller.app, contract, caller.input.address) !== undefined)
    return admitAgain(admission, contract, caller, now);
  return admission.quotas.take(caller.app, contract.name, now)?.catch((error) => {
    if (!(error instanceof StaleApp)) throw error;
    return admitAgain(admission, contract, caller, now);
  });
}

/** Decides on fresh records: a refusal may rest on a record that has changed, and a changed one admits nobody. */
async function admitAgain(admission: Admission, contract: Contract, caller: Caller, now: Date): Promise<void> {
  let { app } = caller;
  for (let tries = 0; ; tries++) {
    const refusal = permissionRefusal(app, contract, caller.input.address);
    try {
      if (refusal === undefined) return await admission.quotas.take(app, contract.name, now);
      if (tries === STALE_RETRIES || !(await admission.apps.isStale(app))) throw refusal;
    } catch (error) {
      if (!(error instanceof StaleApp)) throw error;
      if (tries === STALE_RETRIES) throw platformError('service-unavailable');
    }
    // The record changed under way: the signature must hold against the new one too.
    ({ app } = await identify(admission, caller.input, now));
  }
}
