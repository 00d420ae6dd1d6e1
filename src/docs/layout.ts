import { html } from 'ghtml';
import type { Category, Contract } from '../contract/method.ts';
import { htmlLanguage, type Language } from './labels.ts';
import { categories, groupsOf, usedCategories } from './pages/categories.ts';
import { href, methodPath, type Page, textsOf, type View } from './pages/site.ts';

/** The reader's wish for light or dark; `auto` follows the system. */
export type Theme = 'auto' | 'light' | 'dark';

const TICKET = html`<svg class="ticket" viewBox="0 0 32 32" width="22" height="22" aria-hidden="true"><path fill="currentColor" d="M3 8h26v5a3 3 0 0 0 0 6v5H3v-5a3 3 0 0 0 0-6z"/><path stroke="#fff" stroke-width="2" stroke-dasharray="2 2" d="M20 9v14"/></svg>`;
const GLASS = html`<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" d="M11 11l3.5 3.5M12 7A5 5 0 1 1 2 7a5 5 0 0 1 10 0z"/></svg>`;
const BARS = html`<svg viewBox="0 0 16 16" width="18" height="18" aria-hidden="true"><path stroke="currentColor" stroke-width="1.6" stroke-linecap="round" d="M2 4h12M2 8h12M2 12h12"/></svg>`;
const HALF_MOON = html`<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.6"/><path fill="currentColor" d="M8 2a6 6 0 0 1 0 12z"/></svg>`;

/** Puts the frame around a page: head, header with search and switches, side navigation, footer. */
export function layout(view: View, page: Page, theme: Theme): string {
  const { language, site, path } = view;
  const text = textsOf(view);
  const other: Language = language === 'zh' ? 'en' : 'zh';
  const preloads = site.chunks.map((name) => html`<link rel="modulepreload" href="/assets/${name}">`);
  const notice = site.built ? '' : html`<p class="notice">${text.unstyled}</p>`;
  return html`<!doctype html>
<html lang="${htmlLanguage[language]}" data-theme="${theme}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${page.title} · ${text.brand}</title><meta name="description" content="${page.description}">
<link rel="icon" href="/assets/icon.svg"><link rel="stylesheet" href="/assets/docs.css">
<link rel="alternate" hreflang="${htmlLanguage[other]}" href="/${other}${path}">
!${preloads}<script type="module" src="/assets/docs.js"></script></head>
<body><a class="skip" href="#main">${text.skip}</a>!${header(view, other, theme)}
<div class="frame">!${side(view)}<main id="main">!${notice}!${page.body}<footer class="foot">${text.footer}</footer></main></div></body></html>`;
}

function header(view: View, other: Language, theme: Theme): string {
  const text = textsOf(view);
  const link = (path: string, name: string) =>
    html`<a href="${href(view, path)}"!${view.path.startsWith(path) ? ' aria-current="true"' : ''}>${name}</a>`;
  return html`<header class="top"><button type="button" class="icon menu" popovertarget="side" aria-label="${text.menu}">!${BARS}</button>
<a class="brand" href="${href(view, '/')}">!${TICKET}<span>${text.brand}</span></a>
<nav class="top-links" aria-label="${text.documentation}">!${link('/guides', text.guides)}!${link('/errors', text.errors)}<a href="/console/">${text.console}</a></nav>
<button type="button" class="search-open needs-script" data-search data-index="/search.${view.language}.json" aria-label="${text.searchHint}">!${GLASS}<span>${text.searchHint}</span><kbd aria-hidden="true">/</kbd></button>
<a class="language" href="/${other}${view.path}" hreflang="${htmlLanguage[other]}" lang="${htmlLanguage[other]}" data-language="${other}">${text.otherLanguage}</a>
!${themeChoice(view, theme)}</header>`;
}

function themeChoice(view: View, theme: Theme): string {
  const text = textsOf(view);
  const options = [
    ['auto', text.themeAuto],
    ['light', text.themeLight],
    ['dark', text.themeDark],
  ] as const;
  const choices = options.map(
    ([value, name]) => html`<option value="${value}"!${value === theme ? ' selected' : ''}>${name}</option>`,
  );
  return html`<label class="icon theme needs-script" title="${text.theme}">!${HALF_MOON}<select data-theme-choice aria-label="${text.theme}">!${choices}</select></label>`;
}

/** The navigation beside the page. On narrow screens it is a popover, which browsers open and close without script. */
function side(view: View): string {
  const text = textsOf(view);
  const link = (path: string, name: string) =>
    html`<li><a href="${href(view, path)}"!${currentMark(view, path)}>${name}</a></li>`;
  const guides = view.site.guides.map(({ slug, title }) => link(`/guides/${slug}`, title[view.language]));
  const open = view.path === '/' || view.path.startsWith('/guides') ? ' open' : '';
  return html`<nav id="side" class="side" popover aria-label="${text.menu}"><ul>!${link('/', text.home)}!${link('/errors', text.errors)}<li class="console"><a href="/console/">${text.console}</a></li></ul>
!${guides.length === 0 ? '' : html`<details!${open}><summary>${text.guides}</summary><ul>!${guides}</ul></details>`}
<h2>${text.apis}</h2>!${usedCategories(view.site.contracts).map((each) => categoryLinks(view, each))}</nav>`;
}

const currentMark = (view: View, path: string): string => (view.path === path ? ' aria-current="page"' : '');

function categoryLinks(view: View, category: Category): string {
  const { contracts } = view.site;
  const path = `/category/${category}`;
  const groups = groupsOf(contracts, category);
  const here = contracts.find(({ name }) => view.path === methodPath(name))?.category === category;
  const lists = groups.flatMap((group) =>
    groups.length === 1
      ? methodLinks(view, group.contracts)
      : [html`<li class="group">${group.title[view.language]}</li>`, ...methodLinks(view, group.contracts)],
  );
  const { title } = categories[category];
  return html`<details!${here || view.path === path ? ' open' : ''}><summary>${title[view.language]}</summary>
<ul><li><a href="${href(view, path)}"!${currentMark(view, path)}>${textsOf(view).allMethods}</a></li>!${lists}</ul></details>`;
}

const methodLinks = (view: View, contracts: readonly Contract[]): string[] =>
  contracts.map(({ name, title }) => {
    const path = methodPath(name);
    return html`<li><a href="${href(view, path)}"!${currentMark(view, path)} title="${name}">${title[view.language]}</a></li>`;
  });
