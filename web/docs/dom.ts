import { type Language, texts } from '../../src/docs/labels.ts';

/** The language of the page. */
export const language: Language = document.documentElement.lang.startsWith('en') ? 'en' : 'zh';

/** The server's own texts in the language of the page. */
export const pageTexts = texts[language];

type Attributes = Readonly<Record<string, string | boolean | ((event: Event) => void)>>;
type Child = Node | string | undefined;

/**
 * Makes an element. Texts become text nodes, never markup; attributes that are functions are listeners for the event of
 * their name, and `true` and `false` set and leave out an attribute.
 */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** The first element of a kind that a selector finds; undefined when there is none. */
export const one = <E extends HTMLElement = HTMLElement>(selector: string, within: ParentNode = document) =>
  within.querySelector<E>(selector) ?? undefined;

/** Every element that a selector finds, in the order of the page. */
export const all = <E extends HTMLElement = HTMLElement>(selector: string, within: ParentNode = document): E[] => [
  ...within.querySelectorAll<E>(selector),
];

/** A value kept in this browser; undefined when there is none or the browser keeps nothing. */
export function recall(name: string): string | undefined {
  try {
    return localStorage.getItem(`piaoquan.${name}`) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a value in this browser, as far as it keeps any; undefined forgets it. */
export function remember(name: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(`piaoquan.${name}`);
    else localStorage.setItem(`piaoquan.${name}`, value);
  } catch {
    // A browser that keeps nothing still shows every page.
  }
}
