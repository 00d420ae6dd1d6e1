import { all } from './dom.ts';

const A_YEAR = 365 * 24 * 3600;

/** Keeps a wish where the server reads it, so that the next page comes in the right language and colours at once. */
const keep = (name: 'lang' | 'theme', value: string): void => {
  // The Cookie Store is not in every browser yet.
  // biome-ignore lint/suspicious/noDocumentCookie: the plain property is
  document.cookie = `${name}=${value}; path=/; max-age=${A_YEAR}; samesite=lax`;
};

/** Lets the reader choose light, dark, or what the system has. */
export function startTheme(): void {
  for (const choice of all<HTMLSelectElement>('[data-theme-choice]')) {
    choice.addEventListener('change', () => {
      document.documentElement.dataset.theme = choice.value;
      keep('theme', choice.value);
    });
  }
}

/** The link to the other language stays at the same place of the page, and the choice is kept. */
export function startLanguage(): void {
  for (const link of all<HTMLAnchorElement>('a[data-language]')) {
    link.addEventListener('click', () => {
      keep('lang', link.dataset.language ?? 'zh');
      link.hash = location.hash;
    });
  }
}
