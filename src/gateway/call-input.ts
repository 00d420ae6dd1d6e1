import type { CallContext } from '../contract/method.ts';
import type { Role } from '../contract/platform/roles.ts';
import type { Writer } from '../database/change-log.ts';
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
  /** Names that came more than once, of which the last value counts; undefined when none did. */
  readonly repeated?: readonly string[] | undefined;
  /** Characters of its address and bytes of its body. */
  readonly size: number;
  /** Address of the caller. */
  readonly address: string;
  /** Host name by which the caller reached the server, without port. */
  readonly host: string;
};

/** What an operator needs who acts for a user or writes where the change log does not look. */
export type Acting = {
  /** A user of the platform; undefined when there is none of that id. */
  findUser(user_id: number): Promise<CallContext['user']>;
  /** Enters the call in the change log; a call that cannot be entered is not carried out. */
  enter(writer: Writer, user_id: number | undefined): Promise<void>;
};
