import { all, make, recall, remember } from './dom.ts';

/** One tab of a set made in the browser. */
export type Tab = { readonly id: string; readonly label: string; readonly body: Node };

/** The sets that hold programs, which readers want in their own language on every page. */
const REMEMBERED = ['samples', 'first-call', 'tool-code'];

const nameOf = (set: HTMLElement): string => set.dataset.tabs ?? '';
const choicesOf = (set: HTMLElement): HTMLInputElement[] => all<HTMLInputElement>(':scope > input[type=radio]', set);

/** Shows the tab of an id in a set that has it. */
function choose(set: HTMLElement, id: string | undefined): void {
  const choice = choicesOf(set).find(({ value }) => value === id);
  if (choice !== undefined) choice.checked = true;
}

/** Keeps the chosen language of programs on this and every other page. */
export function rememberTabs(): void {
  const sets = all('[data-tabs]').filter((set) => REMEMBERED.includes(nameOf(set)));
  for (const set of sets) choose(set, recall('language-of-samples'));
  document.addEventListener('change', ({ target }) => {
    const set = target instanceof HTMLInputElement ? target.parentElement : null;
    if (set?.dataset.tabs === undefined || !REMEMBERED.includes(nameOf(set))) return;
    const { value } = target as HTMLInputElement;
    remember('language-of-samples', value);
    for (const other of all('[data-tabs]'))
      if (other !== set && REMEMBERED.includes(nameOf(other))) choose(other, value);
  });
}

/**
 * A set of tabs like those that the server makes: radio buttons before the panels, no script needed to choose.
 * @param name distinct on the page
 */
export function tabSet(name: string, label: string, tabs: readonly Tab[]): HTMLElement {
  const set = make('div', { class: 'tabs', role: 'group', 'aria-label': label, 'data-tabs': name });
  for (const [index, tab] of tabs.entries()) {
    const id = `${name}-${tab.id}`;
    set.append(
      make('input', { type: 'radio', name, id, value: tab.id, checked: index === 0 }),
      make('label', { for: id }, tab.label),
    );
  }
  set.append(...tabs.map(({ id, body }) => make('div', { class: 'panel', 'data-panel': id }, body)));
  if (REMEMBERED.includes(name)) choose(set, recall('language-of-samples'));
  return set;
}
