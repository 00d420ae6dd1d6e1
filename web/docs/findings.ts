import type { Finding } from '../../src/wire/diagnosis/diagnose.ts';
import { language, make } from './dom.ts';
import { words } from './labels.ts';

/** Whether a diagnosis found no usual mistake and only says what to check. */
export const isUnexplained = ([first]: readonly Finding[]): boolean => first?.id === 'no-match';

/** What is most probably wrong with a signature, or what to check when no usual mistake explains it. */
export function findingList(findings: readonly Finding[]): HTMLElement {
  const unexplained = isUnexplained(findings);
  const listed = unexplained ? findings.slice(1) : findings;
  return make(
    'div',
    { class: 'findings' },
    make('h4', {}, unexplained ? (findings[0]?.words[language] ?? '') : words.findings),
    make('ul', {}, ...listed.map((each) => make('li', {}, each.words[language]))),
  );
}
