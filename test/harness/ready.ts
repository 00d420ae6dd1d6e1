import { readFileSync } from 'node:fs';
import { catalogue } from '../../src/contract/catalogue.ts';
import type { Contract } from '../../src/contract/method.ts';
import { openBrowser } from './browser.ts';

/** The methods that TOP documents, in the order of the documentation centre. */
export const documentedMethods = (catalogue as readonly Contract[]).filter(({ category }) => category !== 'admin');

/** What the pages of the documented methods print of each field: method, request or response, path, type, and flag. */
export const printedFields = readFileSync(new URL('../seeds/documented-fields.tsv', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => line.split('\t') as [method: string, part: 'request' | 'response', ...rest: string[]]);

/** Of these methods nothing but the name is published. */
const UNPRINTED = ['taobao.film.lottery.performance.invalid'];

/** The names of the methods whose pages are known, sorted: every documented method must be one of them, and each must be there. */
export const printedMethods = [...new Set([...printedFields.map(([method]) => method), ...UNPRINTED])].sort();

/** What a result code may be when a method did what it was asked (the pages differ: 0, 20 or 200). */
const DONE = ['0', '20', '200'];
const CODES = /^(?:return|result|ret)_code$/;
const FLAGS = /^(?:is_)?success$/;

/**
 * What in an answer, as JSON, says that its method did not do what it was asked: an error, a code of a business, a flag, or
 * units that failed; in JSON text too.
 */
export function refusalsIn(answer: unknown, path = ''): string[] {
  if (typeof answer !== 'object' || answer === null) return [];
  return Object.entries(answer).flatMap(([name, value]) => {
    const at = `${path}.${name}`;
    if (name === 'error_response') return [`${at} ${JSON.stringify(value)}`];
    // How complete a win is has values of its own: 1 is all of it.
    const done = path.endsWith('.return_value') ? ['1'] : DONE;
    const refused =
      (CODES.test(name) && !done.includes(String(value))) ||
      (FLAGS.test(name) && String(value) !== 'true') ||
      (/^failure_?count$/i.test(name) && value !== 0);
    return refused ? [`${at} ${String(value)}`] : refusalsIn(name === 'result_map' ? JSON.parse(value) : value, at);
  });
}

/** An authorisation code of the demo user for the demo app, by the pages that a browser goes through. */
export async function fetchCode(url: string): Promise<string> {
  const asked = { client_id: '12345678', response_type: 'code', redirect_uri: 'urn:ietf:wg:oauth:2.0:oob' };
  const { html } = await openBrowser(url).decide(asked);
  return /<code>([^<]+)<\/code>/.exec(html)?.[1] ?? '';
}
