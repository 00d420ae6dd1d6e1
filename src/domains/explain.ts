import { gmt8Text } from '../contract/gmt8.ts';
import type { Label } from '../contract/schema.ts';

/** Named figures; a null one is left out. */
export type Figures = Readonly<Record<string, string | number | boolean | Date | null | undefined>>;

/** What is said of a rule that passes and of one that does not. */
export type RuleWords = { readonly code: string; readonly yes: Label; readonly no: Label };

/** A rule that was judged. */
export type Judged = RuleWords & { readonly rule: string; readonly passed: boolean; readonly figures: Figures };

/**
 * Judges the rules of a table by name, so that each is named, worded and coded in one place.
 * @param table the rules of a real method
 * @returns a function of a rule's name, whether it passes, and the figures it rests on
 */
export const judgeBy =
  <Name extends string>(table: Readonly<Record<Name, RuleWords>>) =>
  (rule: Name, passed: boolean, figures: Figures = {}): Judged => ({ ...table[rule], rule, passed, figures });

/** Spells a figure: instants as `yyyy-MM-dd HH:mm:ss` in GMT+8. */
const spell = (value: string | number | boolean | Date): string =>
  value instanceof Date ? gmt8Text(value) : String(value);

/** The answer for rules in the order in which the real method decides: the first that does not pass is the reason. */
export function verdict(rules: readonly Judged[]) {
  const refusal = rules.find(({ passed }) => !passed);
  return {
    result: refusal === undefined,
    refusal_code: refusal?.code,
    rules: rules.map(({ rule: name, passed, code, yes, no, figures }) => ({
      rule: name,
      passed,
      code,
      reason_zh: fill(passed ? yes.zh : no.zh, figures),
      reason_en: fill(passed ? yes.en : no.en, figures),
      figures: Object.entries(figures).flatMap(([figure_name, value]) =>
        value == null ? [] : [{ name: figure_name, value: spell(value) }],
      ),
    })),
  };
}

/** Fills what stands in braces with the figure of that name. */
const fill = (words: string, figures: Figures): string =>
  words.replace(/\{(\w+)\}/g, (_brace, name: string) => {
    const value = figures[name];
    return value == null ? '' : spell(value);
  });
