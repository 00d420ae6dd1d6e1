import type { Static, TObject, TSchema } from 'typebox';
import Type from 'typebox';
import { type ErrorFacts, TopError } from './errors.ts';
import type { Outcome } from './outcome.ts';
import type { Label } from './schema.ts';

/** A documented business error of a method: its cause and what the caller should do. */
export type MethodError = { readonly cause: Label; readonly remedy: Label };

/** The categories of the documentation centre, in its order. */
export type Category = 'film' | 'damai' | 'genie' | 'benefit' | 'platform' | 'admin';

/** Whether a method's caller must, may or need not bring a user's session key. */
export type SessionNeed = 'required' | 'optional' | 'none';

/** What is promised of one API method; everything about a method is derived from this value. */
export type Contract<
  Name extends string = string,
  Request extends Fields = Fields,
  Response extends Fields = Fields,
  Errors extends Record<string, MethodError> = Record<string, MethodError>,
  Session extends SessionNeed = SessionNeed,
> = {
  readonly name: Name;
  readonly category: Category;
  readonly title: Label;
  readonly purpose: Label;
  /** Permission package that holds the method (TOP protocol 6.4, isv.permission-api-package-limit). */
  readonly package: string;
  /** Whether the caller must, may or need not bring a user's session key. */
  readonly session: Session;
  readonly kind: 'read' | 'write';
  /** Where an answer says whether it was done; without it every answer was. */
  readonly outcome?: Outcome;
  readonly request: TObject<Request>;
  readonly response: TObject<Response>;
  /** Business errors by sub_code, sent with platform code 15. */
  readonly errors: Errors;
};

/** The named fields of a request or response. */
export type Fields = Record<string, TSchema>;

/** What a handler receives of a contract's request, after parsing and coercion. */
export type RequestOf<C> = C extends { request: infer R extends TSchema } ? Static<R> : never;
/** What a handler must answer by a contract. */
export type ResponseOf<C> = C extends { response: infer R extends TSchema } ? Static<R> : never;

type Definition<
  N extends string,
  Q extends Fields,
  R extends Fields,
  E extends Record<string, MethodError>,
  S extends SessionNeed,
> = Omit<Contract<N, Fields, Fields, E, S>, 'request' | 'response' | 'errors'> & {
  request: Q;
  response: R;
  errors?: E;
};

/**
 * Writes a method down as a contract.
 * @param definition the method's own words; `request` and `response` list the top fields in wire order
 */
export const method = <
  const N extends string,
  Q extends Fields,
  R extends Fields,
  const S extends SessionNeed,
  const E extends Record<string, MethodError> = Record<never, MethodError>,
>(
  definition: Definition<N, Q, R, E, S>,
): Contract<N, Q, R, E, S> => ({
  ...definition,
  request: Type.Object(definition.request) as TObject<Q>,
  response: Type.Object(definition.response) as TObject<R>,
  errors: definition.errors ?? ({} as E),
});

/** Who calls and when; all that a handler learns besides the request. */
export type CallContext = {
  /** The app that calls; `console` for an operator in the console. */
  readonly app_key: string;
  /** Who answers for the call: the operator's login, or the app_key. */
  readonly actor: string;
  /** Name of the method called. */
  readonly method: string;
  /** The user whose session came with the call; present whenever the contract requires a session. */
  readonly user?: { readonly user_id: number; readonly nick: string };
  /** The instant of the call by the platform's clock. */
  readonly now: Date;
  readonly request_id: string;
  /** Host name by which the caller reached the server, without port. */
  readonly host: string;
};

/** The context of a method whose contract requires a session: there is always a user. */
export type SessionContext = CallContext & Required<Pick<CallContext, 'user'>>;

/** A function that carries out a method. Throws a TopError made by {@link fault} for a business error. */
export type Handler<C> = (
  request: RequestOf<C>,
  context: C extends { session: 'required' } ? SessionContext : CallContext,
) => Promise<ResponseOf<C>>;

/** The handlers of a set of contracts: a missing handler is a compile error. */
export type Handlers<Contracts extends readonly Contract[]> = {
  [C in Contracts[number] as C['name']]: Handler<C>;
};

/**
 * A business error of a method, ready to throw: code 15 with the method's own sub_code (TOP protocol 6.2).
 * @param contract the method that refuses
 * @param sub_code one of the contract's declared codes; another is a compile error
 * @param sub_msg text for the caller; the code's Chinese cause unless given
 * @param facts what it tells programs
 */
export const fault = <E extends Record<string, MethodError>>(
  contract: { readonly errors: E },
  sub_code: keyof E & string,
  sub_msg?: string,
  facts?: ErrorFacts,
): TopError =>
  new TopError({
    code: 15,
    msg: 'Remote service error',
    sub_code,
    sub_msg: sub_msg ?? contract.errors[sub_code]?.cause.zh ?? sub_code,
    ...facts,
  });
