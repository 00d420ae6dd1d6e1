import { html } from 'ghtml';
import { type ErrorEntry, platformErrors } from '../../contract/error-table.ts';
import type { Contract, MethodError } from '../../contract/method.ts';
import { table } from './fields.ts';
import { href, methodPath, type Page, textsOf, type View } from './site.ts';

/** One meaning of a business sub_code, and the methods that give it so. */
export type BusinessError = MethodError & { readonly sub_code: string; readonly methods: readonly string[] };

/** Every business error of the methods in order of sub_code; one whose words differ between methods stands several times. */
export function businessErrors(contracts: readonly Contract[]): BusinessError[] {
  const each = contracts.flatMap(({ name, errors }) =>
    Object.entries(errors).map(([sub_code, error]) => ({ sub_code, name, ...error })),
  );
  const same = Map.groupBy(each, ({ sub_code, cause, remedy }) => JSON.stringify([sub_code, cause, remedy]));
  return [...same.values()]
    .map((all) => {
      const { sub_code, cause, remedy } = all[0] as (typeof all)[number];
      return { sub_code, cause, remedy, methods: all.map(({ name }) => name) };
    })
    .sort((a, b) => (a.sub_code < b.sub_code ? -1 : a.sub_code > b.sub_code ? 1 : 0));
}

/** The entries of the platform's table by their number, in order. */
export const platformErrorsByCode = (): [number, ErrorEntry[]][] =>
  [...Map.groupBy(Object.values<ErrorEntry>(platformErrors), ({ code }) => code)].sort(([a], [b]) => a - b);

/** The page of all error codes: the platform's table and every business sub_code, each with an anchor. */
export function errorsPage(view: View): Page {
  const text = textsOf(view);
  const body = html`<h1>${text.errorsTitle}</h1><p class="lead">${text.errorsLead}</p>
<nav class="strip" aria-label="${text.onThisPage}"><a href="#platform">${text.platformErrors}</a><a href="#business">${text.businessErrors}</a></nav>
<section id="platform"><h2><a href="#platform">${text.platformErrors}</a></h2>!${platformTable(view)}</section>
<section id="business"><h2><a href="#business">${text.businessErrors}</a></h2><p class="quiet">${text.businessLead}</p>!${businessTable(view)}</section>`;
  return { title: text.errorsTitle, description: text.errorsLead, body };
}

/** Whether a client may send the call again as it is (TOP protocol 6.5). */
const isRetryable = (sub_code: string | undefined): boolean => sub_code?.startsWith('isp.') ?? false;

function retryMark(view: View, retryable: boolean): string {
  const text = textsOf(view);
  return html`<span class="mark ${retryable ? 'retry' : 'mend'}">${retryable ? text.retryable : text.notRetryable}</span>`;
}

function platformTable(view: View): string {
  const text = textsOf(view);
  const rows = platformErrorsByCode().flatMap(([code, entries]) =>
    entries.map((entry, index) => platformRow(view, entry, index === 0 ? `${code}` : undefined)),
  );
  const heads = ['code', text.message, text.subCode, text.retry, text.cause, text.remedy];
  return table(text.platformErrors, heads, rows, 'wide platform');
}

/** A row; the first of a code bears the code's anchor, so that `#11` leads to all of them. */
function platformRow(view: View, entry: ErrorEntry, anchor: string | undefined): string {
  const { code, msg, sub_code, cause, remedy } = entry;
  const retryable = isRetryable(sub_code) || code === 7;
  const number =
    anchor === undefined
      ? html`<span class="quiet">${code}</span>`
      : html`<a id="${anchor}" href="#${anchor}"><b>${code}</b></a>`;
  const sub = sub_code === undefined ? '' : html`<a href="#${sub_code}"><code>${sub_code}</code></a>`;
  return html`<tr!${sub_code === undefined ? '' : html` id="${sub_code}"`}><th scope="row" class="number">!${number}</th><td class="message">${msg}</td><td>!${sub}</td>
<td>!${retryMark(view, retryable)}</td><td>${cause[view.language]}</td><td>${remedy[view.language]}</td></tr>`;
}

function businessTable(view: View): string {
  const text = textsOf(view);
  const seen = new Set<string>();
  const rows = businessErrors(view.site.contracts).map(({ sub_code, cause, remedy, methods }) => {
    const id = seen.has(sub_code) ? '' : html` id="${sub_code}"`;
    seen.add(sub_code);
    return html`<tr!${id}><th scope="row"><a href="#${sub_code}"><code>${sub_code}</code></a></th><td>!${retryMark(view, isRetryable(sub_code))}</td>
<td>${cause[view.language]}</td><td>${remedy[view.language]}</td><td>!${methodList(view, methods, sub_code)}</td></tr>`;
  });
  const heads = [text.subCode, text.retry, text.cause, text.remedy, text.givenBy];
  return table(text.businessErrors, heads, rows, 'wide business');
}

function methodList(view: View, methods: readonly string[], sub_code: string): string {
  const links = methods.map(
    (name) => html`<li><a href="${href(view, methodPath(name))}#error.${sub_code}"><code>${name}</code></a></li>`,
  );
  if (methods.length === 1) return html`<ul class="plain">!${links}</ul>`;
  return html`<details class="methods"><summary>${textsOf(view).methodsGiving(methods.length)}</summary><ul class="plain">!${links}</ul></details>`;
}
