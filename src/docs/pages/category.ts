import { html } from 'ghtml';
import type { Category, Contract } from '../../contract/method.ts';
import { categories, groupsOf } from './categories.ts';
import { table } from './fields.ts';
import { href, methodPath, type Page, textsOf, type View } from './site.ts';

/** The page of a category: its methods with purpose, session need and permission package. */
export function categoryPage(view: View, category: Category): Page {
  const { language } = view;
  const { title, summary } = categories[category];
  const text = textsOf(view);
  const groups = groupsOf(view.site.contracts, category);
  const heads = [text.method, text.purpose, text.package];
  const sections = groups.map(({ id, title: heading, contracts }) => {
    const rows = contracts.map((contract) => methodRow(view, contract));
    const head = groups.length > 1 ? html`<h2 id="${id}"><a href="#${id}">${heading[language]}</a></h2>` : '';
    return html`<section>!${head}!${table(heading[language], heads, rows, 'methods')}</section>`;
  });
  const strip = groups.map((each) => html`<a href="#${each.id}">${each.title[language]}</a>`);
  const body = html`<nav class="crumbs" aria-label="${text.whereYouAre}"><a href="${href(view, '/')}">${text.documentation}</a><a href="${href(view, '/#apis')}">${text.apis}</a></nav>
<h1>${title[language]}</h1><p class="lead">${summary[language]}</p>
!${groups.length > 1 ? html`<nav class="strip" aria-label="${text.onThisPage}">!${strip}</nav>` : ''}!${sections}`;
  return { title: title[language], description: summary[language], body };
}

function methodRow(view: View, contract: Contract): string {
  const text = textsOf(view);
  const { name, title, purpose, session, kind } = contract;
  const needed = session === 'required' ? text.sessionRequired : text.sessionOptional;
  const mark = session === 'none' ? '' : html` <span class="mark session">${needed}</span>`;
  return html`<tr><th scope="row" class="method"><a href="${href(view, methodPath(name))}">${title[view.language]}</a><code>${name}</code></th>
<td>${purpose[view.language]}<p class="marks"><span class="mark ${kind}">${kind === 'read' ? text.read : text.write}</span>!${mark}</p></td><td class="package"><code>${contract.package}</code></td></tr>`;
}
