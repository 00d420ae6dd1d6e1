import { StartError } from '../start-error.ts';
import { baseText, isSignMethod, type SignMethod } from '../wire/base-text.ts';
import { diagnoseSignature } from '../wire/diagnosis/diagnose.ts';
import { digests, sign } from '../wire/sign.ts';
import { type ClientOptions, clientSettings, EXIT, type Io, printJson, wrongUsage } from './io.ts';
import { type Pasted, readPasted } from './parameters.ts';

type SignOptions = Pick<ClientOptions, 'secret'> & {
  signMethod: SignMethod;
  explain?: true;
  lang?: 'zh' | 'en';
  json?: true;
};

/** Signs parameters and prints the text that is signed, or explains the signature that came with them. */
export async function signParameters(io: Io, words: string[], options: SignOptions): Promise<void> {
  const given = words.length > 0 ? words : [await io.input()];
  if (given.join('').trim() === '') throw wrongUsage('nothing to sign: give parameters, a URL or a curl line');
  const pasted = readPasted(given);
  const { secret, language } = clientSettings(io, options);
  if (options.explain) return explain(io, pasted, secret, options.lang ?? language, options.json);
  const parameters = new Map(pasted.parameters);
  if (!parameters.has('sign_method')) parameters.set('sign_method', options.signMethod);
  const method = parameters.get('sign_method') ?? '';
  if (!isSignMethod(method)) throw new StartError('sign_method must be md5, hmac or hmac-sha256');
  const signed = { text: baseText(parameters) + pasted.body, sign: sign(method, secret, parameters, pasted.body) };
  if (options.json) printJson(io, { ...signed, sign_method: method });
  else io.out(`text  ${signed.text}\nsign  ${signed.sign}\n`);
}

const RIGHT = { zh: '签名正确。', en: 'The signature is right.' };

/** Prints what a signature should be and why the one received is not it; ends with 3 when it is wrong. */
function explain(io: Io, { parameters, body }: Pasted, secret: string, language: 'zh' | 'en', json?: true): void {
  const { base_text, expected, findings } = diagnoseSignature({ parameters, body, secret, digests });
  const received = parameters.get('sign') ?? '';
  if (findings.length > 0) io.exitCode = EXIT.difference;
  if (json) {
    const told = findings.map(({ id, words }) => ({ id, message: words[language] }));
    printJson(io, { text: base_text, received, expected, findings: told });
    return;
  }
  const stated = parameters.get('sign_method') ?? '';
  const rows = [
    ['text', base_text],
    ...Object.entries(expected),
    ['received', received === '' ? '-' : received + (stated === '' ? '' : `  (${stated})`)],
  ];
  io.out(rows.map(([name = '', value]) => `${name.padEnd(12)}${value}\n`).join(''));
  const lines = findings.length === 0 ? [RIGHT[language]] : findings.map(({ words }) => `- ${words[language]}`);
  io.out(`\n${lines.join('\n')}\n`);
}
