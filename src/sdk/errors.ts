/** What an `error_response` says of a call (TOP protocol 6.1). */
export type ErrorAnswer = {
  readonly code: number;
  readonly msg: string;
  readonly sub_code?: string | undefined;
  readonly sub_msg?: string | undefined;
  readonly argument?: string | undefined;
  readonly columns?: readonly string[] | undefined;
  readonly request_id?: string | undefined;
};

const CALL_LIMITED = 7;
/** Missing and invalid arguments, whose name follows the colon. */
const NAMES_ARGUMENT = new Set([40, 41]);
const BAN = /will last for (\d+) more second/;

/** The platform refused a call: everything that its `error_response` says. */
export class TopError extends Error {
  override readonly name = 'TopError';
  /** Name of the method that was called. */
  readonly method: string;
  /** Number of the platform's error table; 15 (in TOP's samples 50) is an error of the method itself, told by sub_code. */
  readonly code: number;
  readonly msg: string;
  readonly sub_code: string | undefined;
  readonly sub_msg: string | undefined;
  /** Path of the field that the error is about, where it tells one. */
  readonly argument: string | undefined;
  /** The columns of the file that was sent, where the error asks for one of them. */
  readonly columns: readonly string[] | undefined;
  /** Names the call in the platform's log. */
  readonly request_id: string | undefined;
  /** Whether the same call may succeed later, unchanged: a fault of the platform (`isp.`), or a limit that was reached. */
  readonly retryable: boolean;
  /** With code 7: how long the limit still holds, in milliseconds. */
  readonly wait_ms: number | undefined;

  constructor(method: string, { code, msg, sub_code, sub_msg, argument, columns, request_id }: ErrorAnswer) {
    super(
      [`${method}: ${code} ${msg}`, sub_code, sub_msg, request_id && `(request_id ${request_id})`]
        .filter(Boolean)
        .join(' '),
    );
    this.method = method;
    this.code = code;
    this.msg = msg;
    this.sub_code = sub_code;
    this.sub_msg = sub_msg;
    this.argument = argument ?? (NAMES_ARGUMENT.has(code) ? msg.slice(msg.indexOf(':') + 1) : undefined);
    this.columns = columns;
    this.request_id = request_id;
    const seconds = code === CALL_LIMITED ? BAN.exec(sub_msg ?? '')?.[1] : undefined;
    this.wait_ms = seconds === undefined ? undefined : Number(seconds) * 1000;
    this.retryable = code === CALL_LIMITED || (sub_code?.startsWith('isp.') ?? false);
  }
}

/**
 * Why there is no answer: none came in time, the connection failed or broke off, or what came is no answer of the
 * platform (a page of a proxy, say).
 */
export type NetworkFault = 'timeout' | 'connection' | 'answer';

/** A call that was not answered; whether it was carried out is unknown. */
export class TopNetworkError extends Error {
  override readonly name = 'TopNetworkError';
  readonly method: string;
  readonly fault: NetworkFault;
  readonly retryable = true;

  constructor(method: string, fault: NetworkFault, why: string, cause?: unknown) {
    super(`${method}: ${why}`, { cause });
    this.method = method;
    this.fault = fault;
  }
}
