import type { Label } from '../../src/contract/schema.ts';
import type { SignMethod } from '../../src/wire/base-text.ts';
import type { Format } from '../../src/wire/render.ts';
import type { Values } from './tool-form.ts';

/** A call as the form has it. */
export type Wish = {
  readonly app_key: string;
  readonly session: string;
  readonly method: string;
  readonly sign_method: SignMethod;
  readonly spelling: Format;
  readonly values: Values;
};

/** A call that the server has signed. */
export type SignedCall = {
  readonly url: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly base_text: string;
  readonly sign: string;
};

/** The inside of an `error_response`. */
export type Failure = {
  readonly code: string;
  readonly msg: string;
  readonly sub_code?: string;
  readonly sub_msg?: string;
};

/** What came back for a call. */
export type Exchange = {
  readonly signed: SignedCall;
  readonly spelling: Format;
  readonly status: number;
  readonly text: string;
  /** From sending to the last byte, in milliseconds. */
  readonly duration_ms: number;
  readonly request_id: string | undefined;
  readonly failure: Failure | undefined;
};

/** The server would not sign: its status, the field at fault and its words. */
export class SignRefusal extends Error {
  readonly status: number;
  readonly field: string | undefined;
  readonly words: Label;

  constructor(status: number, field: string | undefined, words: Label) {
    super(words.en);
    this.status = status;
    this.field = field;
    this.words = words;
  }
}

const LONGEST_WAIT_MS = 60_000;
const UNKNOWN: Label = { zh: '服务器没有给出原因', en: 'The server gave no reason' };

/** Has the server sign a call. Rejects with SignRefusal when it will not, with another error when it cannot be reached. */
export async function signCall({ spelling, values, ...wish }: Wish): Promise<SignedCall> {
  const answer = await fetch('/tool/sign', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      ...wish,
      parameters: values,
      format: spelling === 'xml' ? 'xml' : 'json',
      simplify: spelling === 'simplified',
    }),
    signal: AbortSignal.timeout(LONGEST_WAIT_MS),
  });
  const body = await answer.json().catch(() => ({}));
  if (answer.ok) return body as SignedCall;
  const { field, message } = body as { field?: string; message?: Label };
  throw new SignRefusal(answer.status, field, message ?? UNKNOWN);
}

/** Sends a signed call to the gateway of this site as a form. Rejects when no answer comes within a minute. */
export async function sendCall(signed: SignedCall, spelling: Format): Promise<Exchange> {
  const started = performance.now();
  const answer = await fetch('/router/rest', {
    method: 'POST',
    body: new URLSearchParams(signed.parameters),
    signal: AbortSignal.timeout(LONGEST_WAIT_MS),
  });
  const text = await answer.text();
  const duration_ms = performance.now() - started;
  return {
    signed,
    spelling,
    status: answer.status,
    text,
    duration_ms,
    request_id: /request_id(?:":"|>)(\w+)(?:"\}|<\/)[^"]*$/.exec(text.slice(-400))?.[1],
    failure: text.slice(0, 100).includes('error_response') ? readFailure(text) : undefined,
  };
}

/** The error of an answer in any spelling; undefined when the answer is none. */
function readFailure(text: string): Failure | undefined {
  const members = text.startsWith('<') ? xmlMembers(text) : jsonMembers(text);
  const { code, msg, sub_code, sub_msg } = members ?? {};
  if (code === undefined) return undefined;
  return {
    code,
    msg: msg ?? '',
    ...(sub_code !== undefined && { sub_code }),
    ...(sub_msg !== undefined && { sub_msg }),
  };
}

function xmlMembers(text: string): Record<string, string> | undefined {
  const root = new DOMParser().parseFromString(text, 'text/xml').documentElement;
  if (root.nodeName !== 'error_response') return undefined;
  return Object.fromEntries([...root.children].map((child) => [child.nodeName, child.textContent]));
}

function jsonMembers(text: string): Record<string, string> | undefined {
  try {
    const { error_response } = JSON.parse(text) as { error_response?: Record<string, unknown> };
    return (
      error_response && Object.fromEntries(Object.entries(error_response).map(([name, each]) => [name, String(each)]))
    );
  } catch {
    return undefined;
  }
}
