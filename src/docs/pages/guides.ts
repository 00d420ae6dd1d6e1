import { html } from 'ghtml';
import { Marked } from 'marked';
import type { Language } from '../labels.ts';
import { codeBlock } from './code.ts';
import { type Guide, href, type Page, textsOf, type View } from './site.ts';

/** The page that lists the guides. */
export function guideListPage(view: View): Page {
  const text = textsOf(view);
  const body = html`<h1>${text.guides}</h1><p class="lead">${text.guidesLead}</p>!${guideList(view)}`;
  return { title: text.guides, description: text.guidesLead, body };
}

/** The guides in order, each with a sentence about it. */
export const guideList = (view: View): string =>
  html`<ol class="guide-list">!${view.site.guides.map(
    ({ slug, title, summary }) =>
      html`<li><a href="${href(view, `/guides/${slug}`)}">${title[view.language]}</a><p>${summary[view.language]}</p></li>`,
  )}</ol>`;

/** The page of a guide, with links to its neighbours. */
export function guidePage(view: View, guide: Guide): Page {
  const { language, site } = view;
  const text = textsOf(view);
  const title = guide.title[language];
  const { body, headings } = renderGuide(guide.markdown[language], language);
  const contents = headings.map(({ id, text: each }) => html`<a href="#${id}">${each}</a>`);
  const at = site.guides.indexOf(guide);
  return {
    title,
    description: guide.summary[language],
    body: html`<nav class="crumbs" aria-label="${text.whereYouAre}"><a href="${href(view, '/')}">${text.documentation}</a><a href="${href(view, '/guides')}">${text.guides}</a></nav>
<article class="guide"><h1>${title}</h1>!${contents.length < 2 ? '' : html`<nav class="strip" aria-label="${text.onThisPage}">!${contents}</nav>`}!${body}</article>
<nav class="neighbours" aria-label="${text.neighbours}">!${neighbour(view, site.guides[at - 1], 'previous')}!${neighbour(view, site.guides[at + 1], 'next')}</nav>`,
  };
}

function neighbour(view: View, guide: Guide | undefined, side: 'previous' | 'next'): string {
  if (guide === undefined) return '';
  const text = textsOf(view);
  return html`<a class="${side}" rel="${side === 'next' ? 'next' : 'prev'}" href="${href(view, `/guides/${guide.slug}`)}"><small>${text[side]}</small>${guide.title[view.language]}</a>`;
}

/** A heading of a guide that can be linked to. */
export type Heading = { readonly id: string; readonly text: string };

/**
 * A guide's Markdown as HTML: headings with ids, code with marks, tables that scroll, links to other pages in the
 * reader's language. A first heading of level 1 is left out, since the page has its title.
 */
export function renderGuide(markdown: string, language: Language): { body: string; headings: Heading[] } {
  const headings: Heading[] = [];
  const taken = new Set<string>();
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }) {
        if (depth === 1) return '';
        const inner = this.parser.parseInline(tokens);
        const id = distinct(anchorOf(text), taken);
        if (depth === 2) headings.push({ id, text: plain(inner) });
        return html`<h${depth} id="${id}"><a href="#${id}">!${inner}</a></h${depth}>`;
      },
      code: ({ text, lang }) => codeBlock(text, lang || 'text', lang || 'text'),
      table(token) {
        const cells = (row: typeof token.header, tag: string) =>
          row.map((cell) => `<${tag}>${this.parser.parseInline(cell.tokens)}</${tag}>`).join('');
        const rows = token.rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('');
        return html`<div class="table-scroll" role="region" aria-label="${token.header[0]?.text ?? ''}" tabindex="0"><table><thead><tr>!${cells(token.header, 'th')}</tr></thead><tbody>!${rows}</tbody></table></div>`;
      },
      link({ href: target, tokens }) {
        const own =
          target.startsWith('/') && !/^\/(zh|en|console|openapi|postman|llms|assets|authorize)\b/.test(target);
        return html`<a href="${own ? `/${language}${target}` : target}">!${this.parser.parseInline(tokens)}</a>`;
      },
    },
  });
  return { body: marked.parse(markdown, { async: false }), headings };
}

/** The part of an address that names a heading: its words in small letters, joined by hyphens. */
const anchorOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');

function distinct(wish: string, taken: Set<string>): string {
  let id = wish;
  for (let again = 2; taken.has(id); again += 1) id = `${wish}-${again}`;
  taken.add(id);
  return id;
}

const plain = (markup: string): string =>
  markup
    .replace(/<[^>]+>/g, '')
    .replace(
      /&(?:lt|gt|quot|#39|amp);/g,
      (entity) => ({ '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" })[entity] ?? '&',
    );
