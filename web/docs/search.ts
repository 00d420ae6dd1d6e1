import { all, language, make, one, pageTexts } from './dom.ts';
import { words } from './labels.ts';
import { rank, type SearchEntry } from './search-rank.ts';

let index: Promise<readonly SearchEntry[]> | undefined;

/** The search index of the page's language, loaded at the first search; a failed load is tried again at the next. */
function loadIndex(): Promise<readonly SearchEntry[]> {
  index ??= fetch(`/search.${language}.json`)
    .then((answer) => {
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      return answer.json() as Promise<readonly SearchEntry[]>;
    })
    .catch((error) => {
      index = undefined;
      throw error;
    });
  return index;
}

/** The dialog of the search, with what it is made of. */
type Search = {
  readonly dialog: HTMLDialogElement;
  readonly input: HTMLInputElement;
  readonly list: HTMLElement;
  readonly status: HTMLElement;
};

/** Opens the search by its buttons, by `/` and by Ctrl or ⌘ and K. */
export function startSearch(): void {
  let search: Search | undefined;
  const open = (): void => {
    search ??= makeSearch();
    if (search.dialog.open) return;
    search.dialog.showModal();
    search.input.select();
    void update(search);
  };
  for (const button of all('[data-search]')) button.addEventListener('click', open);
  document.addEventListener('keydown', (event) => {
    if (!isShortcut(event)) return;
    event.preventDefault();
    open();
  });
}

function isShortcut(event: KeyboardEvent): boolean {
  const { key, ctrlKey, metaKey, altKey, isComposing, target } = event;
  if (isComposing || altKey) return false;
  if (key.toLowerCase() === 'k') return ctrlKey || metaKey;
  const types =
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
  return key === '/' && !types && !ctrlKey && !metaKey;
}

function makeSearch(): Search {
  const input = make('input', {
    type: 'search',
    role: 'combobox',
    placeholder: words.searchPlaceholder,
    'aria-label': pageTexts.search,
    'aria-controls': 'search-results',
    'aria-expanded': 'true',
    'aria-autocomplete': 'list',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  const list = make('div', { id: 'search-results', role: 'listbox', 'aria-label': pageTexts.search });
  const status = make('p', { class: 'search-status', role: 'status' });
  const close = make('button', { type: 'button', class: 'search-close' }, pageTexts.close);
  const dialog = make(
    'dialog',
    { class: 'search-dialog', 'aria-label': pageTexts.search },
    make('div', { class: 'search-head' }, input, close),
    list,
    status,
    make('p', { class: 'search-keys', 'aria-hidden': 'true' }, words.searchKeys),
  );
  const search = { dialog, input, list, status };
  close.addEventListener('click', () => dialog.close());
  input.addEventListener('input', () => void update(search));
  input.addEventListener('keydown', (event) => steer(event, search));
  // A press beside the dialog falls on the dialog itself; a link within this page leaves it open unless closed.
  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog || (target instanceof Element && target.closest('a'))) dialog.close();
  });
  document.body.append(dialog);
  return search;
}

async function update(search: Search): Promise<void> {
  const { input, list, status } = search;
  const query = input.value.trim();
  if (index === undefined) status.textContent = words.searchLoading;
  try {
    const found = rank(await loadIndex(), query);
    // Another letter came while the index was loading.
    if (input.value.trim() !== query) return;
    list.replaceChildren(...found.map(optionOf));
    mark(search, 0);
    status.textContent =
      query === '' ? '' : found.length === 0 ? words.searchEmpty : words.searchCount(`${found.length}`);
  } catch {
    list.replaceChildren();
    status.textContent = words.searchFailed;
  }
}

const kindWords: Readonly<Record<SearchEntry[0], string>> = {
  m: pageTexts.method,
  f: words.searchField,
  e: pageTexts.errorCode,
  g: words.searchGuide,
};

function optionOf([kind, name, about, path]: SearchEntry, index: number): HTMLElement {
  return make(
    'a',
    {
      id: `search-${index}`,
      role: 'option',
      href: `/${language}${path}`,
      tabindex: '-1',
      class: `search-option kind-${kind}`,
    },
    make('span', { class: 'search-kind' }, kindWords[kind]),
    make('span', { class: 'search-name' }, name),
    make('span', { class: 'search-about' }, about),
  );
}

const chosen = ({ list }: Search): number =>
  all('[role=option]', list).findIndex((each) => each.ariaSelected === 'true');

/** Marks an option as the chosen one; beyond the ends it goes on from the other end. */
function mark({ list, input }: Search, wanted: number): void {
  const options = all('[role=option]', list);
  const at = options.length === 0 ? -1 : (wanted + options.length) % options.length;
  for (const [place, option] of options.entries()) option.ariaSelected = String(place === at);
  if (at === -1) input.removeAttribute('aria-activedescendant');
  else input.setAttribute('aria-activedescendant', `search-${at}`);
  options[at]?.scrollIntoView({ block: 'nearest' });
}

function steer(event: KeyboardEvent, search: Search): void {
  // Enter and arrows belong to the input method while it composes Chinese.
  if (event.isComposing) return;
  const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
  const step = steps[event.key];
  if (step !== undefined) mark(search, chosen(search) + step);
  else if (event.key === 'Enter') one('[aria-selected=true]', search.list)?.click();
  // A search field would first empty itself.
  else if (event.key === 'Escape') search.dialog.close();
  else return;
  event.preventDefault();
}
