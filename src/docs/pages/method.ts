import { html } from 'ghtml';
import type { Contract } from '../../contract/method.ts';
import { type Answers, exampleAnswers, failureAnswers } from '../examples.ts';
import { categories } from './categories.ts';
import { codeBlock, tabs } from './code.ts';
import { commonTable } from './common.ts';
import { faqOf } from './faq.ts';
import { outcomesOf, requestTable, responseTable, table } from './fields.ts';
import { sampleTabs } from './samples.ts';
import { href, type Page, textsOf, type View } from './site.ts';
import { toolSection } from './tool.ts';

/** A heading of the page and what stands below it. */
type Section = { readonly id: string; readonly title: string; readonly body: string };

/** The page of one method: everything its contract says, with samples, answers and the API tool. */
export function methodPage(view: View, contract: Contract): Page {
  const { language } = view;
  const sections = sectionsOf(view, contract);
  const text = textsOf(view);
  const links = [...sections.slice(0, -1), { id: 'tool', title: text.tool }, ...sections.slice(-1)];
  const strip = links.map(({ id, title }) => html`<a href="#${id}">${title}</a>`);
  const faq = faqSection(view, contract);
  const body = html`!${crumbs(view, contract)}<header class="method-head"><h1>${contract.title[language]}</h1>
<p class="method-name"><code data-copy>${contract.name}</code></p><p class="lead">${contract.purpose[language]}</p>!${facts(view, contract)}</header>
<nav class="strip" aria-label="${text.onThisPage}">!${strip}!${faq === '' ? '' : html`<a href="#faq">${text.faq}</a>`}</nav>
!${sections.slice(0, -1).map(section)}!${toolSection(view, contract)}!${sections.slice(-1).map(section)}!${faq}`;
  return { title: `${contract.title[language]} ${contract.name}`, description: contract.purpose[language], body };
}

/** Every section but the API tool and the questions, in the order of the page. */
function sectionsOf(view: View, contract: Contract): Section[] {
  const text = textsOf(view);
  return [
    { id: 'common', title: text.common, body: commonSection(view) },
    { id: 'request', title: text.request, body: requestTable(view, contract.request) },
    { id: 'response', title: text.response, body: responseTable(view, contract.response) },
    {
      id: 'samples',
      title: text.samples,
      body: html`<p class="quiet">${text.samplesLead}</p>!${sampleTabs(view, contract)}`,
    },
    {
      id: 'answers',
      title: text.answers,
      body: html`<p class="quiet">${text.answersLead}</p>!${answerTabs(view, 'answers', exampleAnswers(contract))}`,
    },
    {
      id: 'failure',
      title: text.failure,
      body: html`<p class="quiet">${text.failureLead}</p>!${answerTabs(view, 'failure', failureAnswers(contract))}`,
    },
    { id: 'errors', title: text.errorCodes, body: errorsSection(view, contract) },
    { id: 'access', title: text.access, body: accessSection(view, contract) },
  ];
}

const section = ({ id, title, body }: Section): string =>
  html`<section id="${id}"><h2><a href="#${id}">${title}</a></h2>!${body}</section>`;

function crumbs(view: View, { category }: Contract): string {
  const text = textsOf(view);
  return html`<nav class="crumbs" aria-label="${text.whereYouAre}"><a href="${href(view, '/')}">${text.documentation}</a><a href="${href(view, `/category/${category}`)}">${categories[category].title[view.language]}</a></nav>`;
}

const sessionWords = { required: 'sessionRequired', optional: 'sessionOptional', none: 'sessionNone' } as const;

function facts(view: View, contract: Contract): string {
  const text = textsOf(view);
  const reads = contract.kind === 'read';
  return html`<ul class="facts"><li class="kind ${contract.kind}" title="${reads ? text.readHint : text.writeHint}">${reads ? text.read : text.write}</li>
<li class="session ${contract.session}">${text[sessionWords[contract.session]]}</li>
<li>${text.package} <code>${contract.package}</code></li></ul>`;
}

function commonSection(view: View): string {
  const text = textsOf(view);
  return html`<details class="fold"><summary>${text.commonLead}</summary>!${commonTable(view)}</details>`;
}

function answerTabs(view: View, name: string, answers: Answers): string {
  const text = textsOf(view);
  const label = name === 'answers' ? text.answers : text.failure;
  const spelling = (id: 'xml' | 'json' | 'simplified', title: string) => ({
    id,
    label: title,
    body: codeBlock(answers[id], id === 'xml' ? 'xml' : 'json', `${label} ${title}`),
  });
  return tabs(name, label, [spelling('xml', 'XML'), spelling('json', 'JSON'), spelling('simplified', text.simplified)]);
}

function errorsSection(view: View, { errors, response }: Contract): string {
  const text = textsOf(view);
  const rows = Object.entries(errors).map(
    ([sub_code, { cause, remedy }]) =>
      html`<tr id="error.${sub_code}"><th scope="row" class="name"><a href="#error.${sub_code}"><code>${sub_code}</code></a></th>
<td>${cause[view.language]}</td><td>${remedy[view.language]}</td></tr>`,
  );
  const heads = [text.errorCode, text.cause, text.remedy];
  const own = rows.length === 0 ? html`<p>${text.noOwnErrors}</p>` : table(text.errorCodes, heads, rows, 'errors');
  const outcomes = outcomesOf(response).map(
    ({ path }) => html`<p class="outcomes">${text.outcomeIn} <a href="#response.${path}"><code>${path}</code></a></p>`,
  );
  return html`!${own}!${outcomes}<p class="quiet">${text.platformErrorsToo} <a href="${href(view, '/errors')}">${text.platformErrors}</a></p>`;
}

function accessSection(view: View, contract: Contract): string {
  const text = textsOf(view);
  const { demo, guides } = view.site;
  const who = demo === undefined ? text.accessProduction(contract.package) : text.accessSandbox;
  const guide = guides.find(({ slug }) => slug === 'sessions');
  const link =
    guide === undefined ? '' : html` <a href="${href(view, '/guides/sessions')}">${text.accessSessionLink}</a>`;
  const session = contract.session === 'none' ? '' : html`<p>${text.accessSession}!${link}</p>`;
  return html`<p>${who}</p>!${session}`;
}

function faqSection(view: View, { name }: Contract): string {
  const entries = faqOf(name);
  if (entries.length === 0) return '';
  const text = textsOf(view);
  const items = entries.map(
    ({ question, answer }) => html`<dt>${question[view.language]}</dt><dd>${answer[view.language]}</dd>`,
  );
  return section({ id: 'faq', title: text.faq, body: html`<dl class="faq">!${items}</dl>` });
}
