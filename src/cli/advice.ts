import { catalogue } from '../contract/catalogue.ts';
import { type ErrorEntry, platformErrors } from '../contract/error-table.ts';
import type { Contract } from '../contract/method.ts';
import { compileRefusal, refusalWords } from '../contract/outcome.ts';
import type { ErrorAnswer } from '../sdk/errors.ts';
import { readLoosely } from '../wire/loose.ts';
import { nearestName } from '../wire/nearest.ts';

/** What the command line itself can do about an error, by its code. */
const HERE: Readonly<Record<number, string>> = {
  11: 'apps show tells the packages of an app',
  25: 'is that the secret of this app (--secret, PIAOQUAN_APP_SECRET)? sign --explain finds other causes',
  26: "give the user's session key by --session or PIAOQUAN_SESSION; the sandbox's is 6100000demo",
  27: "get a session key by /authorize, or with the sandbox's app take 6100000demo",
  29: 'see --app-key and PIAOQUAN_APP_KEY, and whether PIAOQUAN_URL is the server that you mean',
  31: 'doctor compares the clocks',
};

/**
 * What a refused caller can do, in one sentence of English from the error tables; undefined when they do not know the
 * error. For a method that does not exist it names the one that is nearest.
 */
export function adviceOf(
  method: string,
  { code, sub_code }: Pick<ErrorAnswer, 'code' | 'sub_code'>,
): string | undefined {
  const contracts: readonly Contract[] = catalogue;
  const own = sub_code === undefined ? undefined : contracts.find(({ name }) => name === method)?.errors[sub_code];
  const entries = Object.values<ErrorEntry>(platformErrors).filter((entry) => entry.code === code);
  const known = own ?? entries.find((entry) => entry.sub_code === sub_code) ?? (code === 15 ? undefined : entries[0]);
  if (known === undefined) return undefined;
  const near =
    code === 22
      ? nearestName(
          method,
          contracts.map(({ name }) => name),
        )
      : undefined;
  const here = near === undefined ? HERE[code] : `did you mean ${near}?`;
  return `${known.cause.en}. ${known.remedy.en}${here === undefined ? '' : `: ${here}`}`;
}

/**
 * That an answer is a refusal though it is no error, in one sentence of English; undefined when it is none.
 * @param text the answer in any spelling
 */
export function refusalAdvice(method: string, text: string): string | undefined {
  const contracts: readonly Contract[] = catalogue;
  const contract = contracts.find(({ name }) => name === method);
  const refusal = compileRefusal(contract?.outcome)(readLoosely(text));
  if (contract === undefined || refusal === undefined) return undefined;
  const said = [refusalWords(contract, refusal.code)?.en, refusal.message].filter(Boolean).join(': ');
  return `the answer is a refusal, ${refusal.code}${said === '' ? '' : ` (${said})`}`;
}
