import type { Contract } from '../contract/method.ts';
import { baseText } from '../wire/base-text.ts';
import { diagnoseSignature, type Finding } from '../wire/diagnosis/diagnose.ts';
import { digests } from '../wire/sign.ts';
import { findUnknown, type Unknown } from '../wire/unknown.ts';
import { type App, type AppStore, newestSecret } from './apps.ts';
import { formatOf } from './checks.ts';
import { type RecentCall, type RecentCalls, WRONG_SIGNATURE } from './recent-calls.ts';

/** What a refused signature should have covered, and what is probably wrong with it. */
export type SignatureExplained = {
  readonly request_id: string;
  readonly app_key: string | undefined;
  readonly sign_method: string | undefined;
  readonly sign: string | undefined;
  /** The text that the server built, raw body included. */
  readonly base_text: string;
  readonly findings: readonly Finding[];
};

/** A call to be made again: what its method declares, as the texts that came; never its signature or session key. */
export type Replay = {
  readonly request_id: string;
  readonly method: string;
  readonly app_key: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Whether a session key came with it. */
  readonly had_session: boolean;
  readonly sign_method: string | undefined;
  readonly format: 'json' | 'simplified' | 'xml';
  /** What the method did not know and passed over; absent when there was nothing. */
  readonly passed_over?: PassedOver;
};

type PassedOver = readonly Unknown[];

/** What a sandbox still knows of its last calls. */
export type CallExplainer = {
  /** What of a call its method did not know and passed over; undefined when there was nothing, or it is no longer kept. */
  passedOver(request_id: string): PassedOver | undefined;
  /** The signed text of a call whose signature was refused; undefined when it was not, or is no longer kept. */
  signature(request_id: string): Promise<SignatureExplained | undefined>;
  /** The parameters of a call; undefined when they are no longer kept or may not be shown. */
  replay(request_id: string): Replay | undefined;
};

/** What calls are explained from. */
export type ExplainerParts = {
  readonly calls: RecentCalls;
  readonly apps: AppStore;
  readonly contracts: readonly Contract[];
  readonly clock: () => Date;
};

/** Explains the calls that a memory keeps; secrets are used here and never given away. */
export function createExplainer({ calls, apps, contracts, clock }: ExplainerParts): CallExplainer {
  const contractOf = (call: RecentCall | undefined): Contract | undefined =>
    contracts.find(({ name }) => name === call?.parameters.get('method'));
  return {
    passedOver(request_id) {
      const call = calls.find(request_id);
      const contract = contractOf(call);
      return call === undefined || contract === undefined ? undefined : passedOverIn(contract, call);
    },
    async signature(request_id) {
      const call = calls.find(request_id);
      if (call?.code !== WRONG_SIGNATURE) return undefined;
      const app = await apps.find(call.parameters.get('app_key') ?? '');
      return explainSignature(call, app, clock());
    },
    replay(request_id) {
      const call = calls.find(request_id);
      const contract = contractOf(call);
      return call === undefined || contract === undefined ? undefined : replayOf(call, contract);
    },
  };
}

function explainSignature(call: RecentCall, app: App | undefined, now: Date): SignatureExplained {
  const { request_id, parameters, body } = call;
  const secret = app === undefined ? undefined : newestSecret(app, now);
  return {
    request_id,
    app_key: parameters.get('app_key'),
    sign_method: parameters.get('sign_method'),
    sign: parameters.get('sign'),
    base_text: baseText(parameters) + body,
    findings: secret === undefined ? [] : diagnoseSignature({ parameters, body, secret, digests }).findings,
  };
}

/** Methods that exchange what is as good as a session key: codes and refresh tokens (TOP protocol 8.3). */
const EXCHANGES_KEYS = 'taobao.top.auth.token.';

/** What a method did not know of a call; undefined when it knew all. */
function passedOverIn(contract: Contract, { parameters, repeated }: RecentCall): PassedOver | undefined {
  const unknown = findUnknown(contract, parameters, repeated);
  return unknown.length === 0 ? undefined : unknown;
}

function replayOf(call: RecentCall, contract: Contract): Replay | undefined {
  const { request_id, parameters } = call;
  const { name, request } = contract;
  if (name.startsWith(EXCHANGES_KEYS)) return undefined;
  // What the contract does not declare may be anything, a secret sent by mistake too.
  const declared = Object.keys(request.properties).flatMap((field) => {
    const text = parameters.get(field);
    return text === undefined ? [] : [[field, text] as const];
  });
  const passed_over = passedOverIn(contract, call);
  return {
    request_id,
    method: name,
    app_key: parameters.get('app_key') ?? '',
    parameters: Object.fromEntries(declared),
    had_session: Boolean(parameters.get('session')),
    sign_method: parameters.get('sign_method'),
    format: formatOf(parameters),
    ...(passed_over !== undefined && { passed_over }),
  };
}
