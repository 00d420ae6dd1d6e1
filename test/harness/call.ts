import { type BusinessParameters, type Credentials, send, signedParameters } from '../../src/sdk/request.ts';
import { demo } from './server.ts';

/** What stands inside an `error_response`. */
export type ErrorReply = { code: number; msg: string; sub_code?: string; sub_msg?: string; request_id: string };

/** Calls a method of the server at a URL, as the demo app unless told otherwise, and gives the text of the answer. */
export const callAt = (
  url: string,
  method: string,
  business: BusinessParameters = {},
  credentials: Partial<Credentials> = {},
): Promise<string> =>
  send(`${url}/router/rest`, signedParameters({ ...demo, ...credentials }, method, business, new Date()));

/** The error of a JSON answer; undefined when it is none. */
export const errorOf = (answer: string): ErrorReply | undefined =>
  (JSON.parse(answer) as { error_response?: ErrorReply }).error_response;
