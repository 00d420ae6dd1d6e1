import { encodeForm } from '../wire/form.ts';
import { type BusinessParameters, FORM, signedParameters } from './request.ts';
import { isRepeatable, type Patience, persist } from './retry.ts';
import { type Addresses, post } from './transport.ts';
import type { CallOptions, ClientOptions } from './types.ts';
import { formatRequest, readAnswer } from './values.ts';

const TIMEOUT_MS = 10_000;
const RETRIES = 3;

/** What every part of a client works with. */
export type Session = { readonly options: ClientOptions; readonly addresses: Addresses };

/** Makes one call, with its repeats. */
export type Call = (
  method: string,
  request?: BusinessParameters,
  own?: CallOptions,
) => Promise<Readonly<Record<string, unknown>>>;

/** How long one exchange may take, in milliseconds. */
export const timeoutOf = ({ options }: Session, own: CallOptions): number =>
  own.timeout_ms ?? options.timeout_ms ?? TIMEOUT_MS;

/** How a call is repeated. */
export const patienceOf = ({ options }: Session, own: CallOptions, repeatable: boolean): Patience => ({
  retries: own.retries ?? options.retries ?? RETRIES,
  repeatable: repeatable || own.retries !== undefined,
});

/** Who signs an exchange, and that its answers come in simplified JSON. */
export const credentialsOf = ({ options }: Session, own: CallOptions) => ({
  ...options,
  session: own.session ?? options.session,
  simplify: true,
});

/** Calls methods one at a time; each attempt is signed anew, the request stays the same. */
export const callOne =
  (session: Session): Call =>
  async (method, request = {}, own = {}) => {
    const business = formatRequest(method, request);
    const { signal } = own;
    const attempt = async () => {
      signal?.throwIfAborted();
      const body = encodeForm(signedParameters(credentialsOf(session, own), method, business, new Date()));
      const exchange = { method, url: session.addresses.rest, type: FORM, body, signal };
      const text = await post(session.options, { ...exchange, timeout_ms: timeoutOf(session, own) });
      return readAnswer(method, text);
    };
    return persist(attempt, patienceOf(session, own, isRepeatable(method, request)), signal);
  };
