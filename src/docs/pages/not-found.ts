import { html } from 'ghtml';
import type { Contract } from '../../contract/method.ts';
import { href, methodPath, type Page, textsOf, type View } from './site.ts';

const MOST_SUGGESTIONS = 6;

/** The page for an address that leads nowhere, with the methods whose names come nearest. */
export function notFoundPage(view: View): Page {
  const text = textsOf(view);
  const near = nearest(view.site.contracts, view.path);
  const links = near.map(
    ({ name, title }) =>
      html`<li><a href="${href(view, methodPath(name))}">${title[view.language]}</a> <code>${name}</code></li>`,
  );
  const suggestions = near.length === 0 ? '' : html`<h2>${text.notFoundNear}</h2><ul>!${links}</ul>`;
  const body = html`<div class="not-found"><p class="big" aria-hidden="true">404</p><h1>${text.notFound}</h1><p class="lead">${text.notFoundLead}</p>
!${suggestions}<p><a class="button" href="${href(view, '/')}">${text.backHome}</a></p></div>`;
  return { title: text.notFound, description: text.notFoundLead, body };
}

/** Methods that share the most words with an address, at least two of them or the last. */
function nearest(contracts: readonly Contract[], path: string): Contract[] {
  const asked = new Set(path.toLowerCase().split(/[^a-z0-9]+/));
  const score = ({ name }: Contract) => name.split('.').filter((word) => asked.has(word)).length;
  return contracts
    .map((contract) => ({ contract, shared: score(contract) }))
    .filter(({ shared }) => shared >= 2)
    .sort((a, b) => b.shared - a.shared)
    .slice(0, MOST_SUGGESTIONS)
    .map(({ contract }) => contract);
}
