import { type BusinessParameters, type Credentials, send, signedParameters } from '../sdk/request.ts';
import { reasonOf } from '../sdk/transport.ts';
import { StartError } from '../start-error.ts';
import { baseText, type SignMethod } from '../wire/base-text.ts';
import { type ClientOptions, clientSettings, EXIT, type Io } from './io.ts';
import { readParameters } from './parameters.ts';

type CallOptions = ClientOptions & {
  signMethod: SignMethod;
  format: 'json' | 'xml';
  simplify?: true;
  json?: true;
  showRequest?: true;
};

/** Whether a text is an answer of a gateway: every one names its request. */
const isAnswer = (text: string): boolean => /^(\{"|<\?xml)/.test(text) && text.includes('request_id');

/** Whether an answer is an error: JSON and XML both name it in their root. */
const isError = (text: string): boolean => /^(\{"error_response"|<\?xml[^>]*><error_response>)/.test(text);

/** Calls a method and prints the answer as it came; ends with 2 when that is an error, or a refusal by its contract. */
export async function callMethod(io: Io, method: string, words: string[], options: CallOptions): Promise<void> {
  const { url, app_key, secret, session } = clientSettings(io, options);
  const credentials: Credentials = {
    app_key,
    secret,
    session,
    sign_method: options.signMethod,
    format: options.json ? 'json' : options.format,
    simplify: options.simplify,
  };
  const business: BusinessParameters = readParameters(words);
  const parameters = signedParameters(credentials, method, business, new Date());
  if (options.showRequest) {
    // Beside the answer when that is for a program.
    const show = options.json ? io.err : io.out;
    const lines = [...parameters].map(([name, value]) => `  ${name}=${value}\n`);
    show(`POST ${url}\n${lines.join('')}signed text\n  ${baseText(parameters)}\n\n`);
  }
  const text = await send(url, parameters).catch((error: Error) => {
    throw new StartError(`${url} does not answer: ${reasonOf(error)}`);
  });
  if (!isAnswer(text)) throw new StartError(`what answers at ${url} is no gateway`);
  io.out(`${text}\n`);
  const { adviceOf, refusalAdvice } = await import('./advice.ts');
  const advice = isError(text) ? adviceOf(method, errorOf(text)) : refusalAdvice(method, text);
  if (advice === undefined && !isError(text)) return;
  io.exitCode = EXIT.refused;
  if (options.json) return;
  if (advice !== undefined) io.err(`piaoquan: ${advice}\n`);
}

/** Code and sub_code of an error in either spelling. */
function errorOf(text: string): { code: number; sub_code: string | undefined } {
  const tagged = (name: string): string | undefined =>
    new RegExp(`(?:"${name}":"?|<${name}>)([^"<,}]+)`).exec(text)?.[1];
  return { code: Number(tagged('code')), sub_code: tagged('sub_code') };
}
