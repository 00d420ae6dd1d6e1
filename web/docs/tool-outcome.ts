import { compileRefusal, type Outcome } from '../../src/contract/outcome.ts';
import { readLoosely } from '../../src/wire/loose.ts';
import { one } from './dom.ts';

/** That a normal answer is a refusal. */
export type RefusalShown = {
  /** Name of the field that holds the code. */
  readonly name: string;
  readonly code: string;
  /** What the page says of it, or the answer. */
  readonly meaning: string;
  /** The field in the page's table of the response, or the value's own entry there. */
  readonly href: string;
};

/** Whether an answer in any spelling is a refusal, as the page says of its method; undefined when it was done. */
export function refusalShown(text: string): RefusalShown | undefined {
  const told = one<HTMLElement>('form[data-outcome]')?.dataset.outcome;
  if (told === undefined) return undefined;
  const outcome = JSON.parse(told) as Outcome;
  const refusal = compileRefusal(outcome)(readLoosely(text));
  if (refusal === undefined) return undefined;
  const path = outcome.code ?? outcome.at;
  const entry = document.getElementById(`response.${path}.${refusal.code}`);
  const own = document.getElementById(`error.${refusal.code}`);
  const listed = (entry && one('dd', entry)?.textContent) ?? own?.querySelector('td')?.textContent;
  return {
    name: path.slice(path.lastIndexOf('.') + 1),
    code: refusal.code,
    // A listed text with a gap says less than the answer, which has filled it in.
    meaning: (listed?.includes('…') ? refusal.message : listed) ?? listed ?? refusal.message ?? '',
    href: entry === null ? (own === null ? `#response.${outcome.at}` : `#${own.id}`) : `#${entry.id}`,
  };
}
