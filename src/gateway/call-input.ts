import type { Role } from '../contract/platform/roles.ts';
import type { Parameters } from '../wire/base-text.ts';
import type { Values } from '../wire/unknown.ts';

/** A call from the console. */
export type OperatorCall = {
  readonly operator: { readonly login: string; readonly role: Role };
  readonly method: string;
  /** The business parameters as typed values, instants as texts of GMT+8. */
  readonly request: Values;
  /** The user to act for, by methods that take a user's session. */
  readonly session_user?: number | undefined;
  /** Host name by which the console was reached, without port. */
  readonly host: string;
};

/** A call as it came over HTTP, whatever the dialect. */
export type CallInput = {
  readonly parameters: Parameters;
  /** Raw text of a body that is not a form; it is signed after the parameters (TOP protocol 4.6). */
  readonly body: string;
  /** Names under which files came; undefined when none did. */
  readonly files?: readonly string[] | undefined;
  /** Characters of its address and bytes of its body. */
  readonly size: number;
  /** Address of the caller. */
  readonly address: string;
  /** Host name by which the caller reached the server, without port. */
  readonly host: string;
};
