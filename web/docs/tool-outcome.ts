import { all, one } from './dom.ts';

/** A business code that stands in a normal answer. */
export type Outcome = {
  /** Name of the field that holds it. */
  readonly name: string;
  readonly value: string;
  /** What the page says of it. */
  readonly meaning: string;
  /** Its entry in the page's table of response fields. */
  readonly href: string;
};

/**
 * The business codes of an answer, in any spelling, that say something else than success. Which fields hold them, and
 * what their values mean, the page itself says; of its values the first is success.
 */
export function refusingOutcomes(text: string): Outcome[] {
  return all<HTMLAnchorElement>('.outcomes a').flatMap((link) => {
    const field = link.hash.slice(1);
    const name = field.slice(field.lastIndexOf('.') + 1);
    const [, json, xml] = new RegExp(`"${name}":"?(\\w+)|<${name}>(\\w+)<`).exec(text) ?? [];
    const value = json ?? xml ?? '';
    const entry = document.getElementById(`${field}.${value}`);
    if (entry === null || entry.previousElementSibling === null) return [];
    return [{ name, value, meaning: one('dd', entry)?.textContent ?? '', href: `#${entry.id}` }];
  });
}
