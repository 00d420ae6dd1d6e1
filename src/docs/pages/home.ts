import { html } from 'ghtml';
import type { Category, Contract } from '../../contract/method.ts';
import { categories, groupsOf, usedCategories } from './categories.ts';
import { guideList } from './guides.ts';
import { sampleTabs } from './samples.ts';
import { gatewayUrl, href, methodPath, type Page, sampleCredentials, textsOf, type View } from './site.ts';

/** The method that home shows first: it needs no session and answers with stock. */
const FIRST_CALL = 'taobao.film.lottery.performance.config.query';

/** The first page: what this is, a first call, every category with its methods, guides, and what machines read. */
export function homePage(view: View): Page {
  const text = textsOf(view);
  const { contracts } = view.site;
  const cards = usedCategories(contracts).map((category) => categoryCard(view, category));
  const body = html`<header class="hero"><h1>${text.homeTitle}</h1><p class="lead">${text.homeLead}</p></header>
!${firstCall(view)}<section id="apis"><h2><a href="#apis">${text.apis}</a></h2><div class="cards">!${cards}</div></section>
!${guideSection(view)}!${downloads(view)}`;
  return { title: text.homeTitle, description: text.homeLead, body };
}

function firstCall(view: View): string {
  const { contracts, demo } = view.site;
  const contract = contracts.find(({ name }) => name === FIRST_CALL) ?? contracts[0];
  if (contract === undefined) return '';
  const text = textsOf(view);
  const { app_key, secret, session_key } = sampleCredentials(view.site);
  const own = (value: string) =>
    demo === undefined ? html`<span class="quiet">${text.askOperator}</span>` : html`<code data-copy>${value}</code>`;
  const row = (name: string, value: string) => html`<div><dt>${name}</dt><dd>!${value}</dd></div>`;
  return html`<section id="first-call"><h2><a href="#first-call">${text.firstCall}</a></h2>
<p>${demo === undefined ? text.firstCallProduction : text.firstCallSandbox}</p>
<dl class="credentials">!${row(text.gateway, html`<code data-copy>${gatewayUrl(view)}</code>`)}!${row(text.appKey, own(app_key))}!${row(text.appSecret, own(secret))}!${row(text.sessionKey, own(session_key))}</dl>
<p class="quiet"><a href="${href(view, methodPath(contract.name))}">${contract.title[view.language]}</a> <code>${contract.name}</code></p>
!${sampleTabs(view, contract)}</section>`;
}

function categoryCard(view: View, category: Category): string {
  const { title, summary } = categories[category];
  const { language } = view;
  const text = textsOf(view);
  const groups = groupsOf(view.site.contracts, category);
  const count = groups.reduce((sum, { contracts }) => sum + contracts.length, 0);
  const lists = groups.map(
    (group) =>
      html`!${groups.length > 1 ? html`<h4>${group.title[language]}</h4>` : ''}!${methodLinks(view, group.contracts)}`,
  );
  return html`<article class="card!${groups.length > 1 ? ' full' : ''}"><h3><a href="${href(view, `/category/${category}`)}">${title[language]}</a> <small>${text.methodsCount(count)}</small></h3>
<p>${summary[language]}</p><div class="groups">!${lists.map((list) => html`<div>!${list}</div>`)}</div></article>`;
}

const methodLinks = (view: View, contracts: readonly Contract[]): string =>
  html`<ul class="methods-short">!${contracts.map(
    ({ name, title }) =>
      html`<li><a href="${href(view, methodPath(name))}" title="${name}">${title[view.language]}</a></li>`,
  )}</ul>`;

function guideSection(view: View): string {
  const { guides } = view.site;
  if (guides.length === 0) return '';
  const text = textsOf(view);
  return html`<section id="guides"><h2><a href="#guides">${text.guides}</a></h2>!${guideList(view)}</section>`;
}

function downloads(view: View): string {
  const text = textsOf(view);
  const files = [
    [`/openapi.json?lang=${view.language}`, 'OpenAPI 3.1', text.downloadOpenapi],
    [`/postman.json?lang=${view.language}`, 'Postman', text.downloadPostman],
    ['/llms.txt', 'llms.txt', text.downloadLlms],
  ] as const;
  const items = files.map(([path, name, about]) => html`<li><a href="${path}">${name}</a><span>${about}</span></li>`);
  return html`<section id="downloads"><h2><a href="#downloads">${text.downloads}</a></h2><ul class="downloads">!${items}</ul></section>`;
}
