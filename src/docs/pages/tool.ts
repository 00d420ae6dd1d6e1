import { html } from 'ghtml';
import type { Contract } from '../../contract/method.ts';
import { type Field, fieldNote, fieldsOf, itemOf, kindOf, type Label } from '../../contract/schema.ts';
import { exampleRequest, fetchedParameter } from '../examples.ts';
import { membersOf } from './fields.ts';
import { textsOf, type View } from './site.ts';

/** Digests that the form offers (TOP protocol 4.3). */
const SIGN_METHODS = ['hmac-sha256', 'hmac', 'md5'];
/** Texts longer than this get a box of several lines. */
const LONG_TEXT = 60;

/** Where a field of the form stands: its path with `[]` for list items, and its example value. */
type Place = { readonly path: string; readonly example: unknown };

/**
 * The API tool of a method: a plain form made from the contract. Every input bears the field's path in `name` and
 * `data-path` and its kind in `data-kind`; fieldsets are objects, `[data-array]` lists whose items are made of their
 * `template`. The browser's script reads values from that nesting, signs and sends.
 */
export function toolSection(view: View, contract: Contract): string {
  const text = textsOf(view);
  const example = exampleRequest(contract);
  const fields = fieldsOf(contract.request).map((field) =>
    control(view, field, { path: field.name, example: example[field.name] }),
  );
  const { demo } = view.site;
  // The demo's secret is public; the programs that the script writes then run as they are.
  const known = demo === undefined ? '' : html` data-demo-key="${demo.app_key}" data-demo-secret="${demo.secret}"`;
  // Elsewhere nobody can authorise without signing in.
  const fetched = demo === undefined ? undefined : fetchedParameter(contract);
  const fetches = fetched === undefined ? '' : html` data-fetches="${fetched}"`;
  const outcome = contract.outcome === undefined ? '' : html` data-outcome="${JSON.stringify(contract.outcome)}"`;
  const warning = demo === undefined ? text.toolWritesProduction : text.toolWrites;
  return html`<section id="tool" class="tool"><h2>${text.tool}</h2><p class="quiet">${text.toolLead}</p>
<noscript><p class="notice">${text.toolNeedsScript}</p></noscript>
<form class="tool-form" data-tool data-method="${contract.name}" data-session="${contract.session}" data-write="${contract.kind === 'write'}"!${outcome}!${known}!${fetches} autocomplete="off">
<div class="tool-who">!${credentials(view, contract)}</div>
<div class="tool-fields" data-fields>!${fields.length === 0 ? html`<p class="quiet">${text.noRequest}</p>` : fields}</div>
!${fetched === undefined ? '' : html`<p class="notice small">${text.toolFetches}</p>`}!${contract.kind === 'write' ? html`<p class="notice small">${warning}</p>` : ''}
<div class="tool-actions"><button type="submit" class="button primary">${text.toolSend}</button>
<button type="button" class="button" data-restore>${text.toolReset}</button><button type="button" class="button" data-clear>${text.toolClear}</button></div>
</form><div class="tool-result" data-result hidden></div></section>`;
}

function credentials(view: View, { session }: Contract): string {
  const text = textsOf(view);
  const { demo } = view.site;
  const app = demo === undefined ? '' : html`<option value="${demo.app_key}">${demo.app_key}</option>`;
  const own = demo === undefined ? '' : html`<option value="${demo.session_key}">${demo.session_key}</option>`;
  const none = html`<option value="">${text.toolNoSession}</option>`;
  // Left out on purpose it shows the error that a caller would get.
  const sessions = session === 'none' ? none + own : own + none;
  return html`<label>${text.toolApp}<select data-app>!${app}</select></label>
<label>${text.toolSession}<select data-session-key>!${sessions}</select></label>
<label>${text.toolSignMethod}<select data-sign-method>!${SIGN_METHODS.map((each) => html`<option>${each}</option>`)}</select></label>`;
}

function control(view: View, field: Field, place: Place): string {
  if (field.kind === 'object') return objectControl(view, field, place);
  if (field.kind === 'array') return arrayControl(view, field, place);
  return html`<label class="tool-field"><span class="tool-name">!${nameOf(view, field)}</span>!${input(view, field, place)}</label>`;
}

function nameOf(view: View, { name, note, required }: Field): string {
  const text = textsOf(view);
  const must = required || note.missing !== undefined;
  const mark = must ? html`<b class="required" title="${text.yes}">*</b>` : '';
  return html`<code title="${note.meaning[view.language]}">${name}</code>!${mark}<small>${note.type}</small>`;
}

function objectControl(view: View, field: Field, { path, example }: Place): string {
  return html`<fieldset class="tool-object" data-path="${path}" data-kind="object"><legend>!${nameOf(view, field)}</legend>
!${memberControls(view, field, { path, example })}</fieldset>`;
}

function memberControls(view: View, field: Field, { path, example }: Place): string[] {
  const members = membersOf(field);
  if (members === undefined) return [];
  const values = (example ?? {}) as Record<string, unknown>;
  return fieldsOf(members).map((each) =>
    control(view, each, { path: `${path}.${each.name}`, example: values[each.name] }),
  );
}

function arrayControl(view: View, field: Field, { path, example }: Place): string {
  const text = textsOf(view);
  const items = Array.isArray(example) ? example : [];
  const item = (value: unknown) => itemControl(view, field, { path: `${path}[]`, example: value });
  const { maxItems } = field.schema as unknown as { maxItems: number };
  return html`<fieldset class="tool-array" data-path="${path}" data-kind="array" data-max-items="${maxItems}"><legend>!${nameOf(view, field)}</legend>
<div data-items>!${items.map(item)}</div><template>!${item(undefined)}</template>
<button type="button" class="button small" data-add>${text.toolAdd}</button></fieldset>`;
}

function itemControl(view: View, field: Field, place: Place): string {
  const text = textsOf(view);
  const schema = itemOf(field.schema);
  const simple: Field = { ...field, name: field.name, schema, kind: kindOf(schema), note: fieldNote(schema) };
  const members = membersOf(field);
  const inner =
    members === undefined
      ? html`<label class="tool-field"><span class="hidden">${field.name}</span>!${input(view, simple, place)}</label>`
      : html`<div class="tool-members" data-path="${place.path}" data-kind="object">!${memberControls(view, field, place)}</div>`;
  return html`<div class="tool-item${members === undefined ? ' simple' : ''}" data-item>!${inner}<button type="button" class="button small remove" data-remove aria-label="${text.toolRemove}" title="${text.toolRemove}">×</button></div>`;
}

function input(view: View, field: Field, place: Place): string {
  const { kind, note } = field;
  if (note.values !== undefined) return choice(view, field, place, Object.entries(note.values));
  if (kind === 'boolean') return choice(view, field, place, [['true'], ['false']]);
  const about = html`name="${place.path}" data-path="${place.path}" data-kind="${kind}"`;
  const value = place.example === undefined ? '' : String(place.example);
  const { maxLength } = field.schema as unknown as { maxLength?: number };
  const most = kind === 'string' && maxLength !== undefined ? html` maxlength="${maxLength}"` : '';
  if (note.type === 'Json' || value.length > LONG_TEXT)
    return html`<textarea !${about}!${most} rows="2" spellcheck="false">${value}</textarea>`;
  const pattern = kind === 'instant' ? (note.date ?? '') : '';
  return html`<input !${about}!${most} type="text" value="${value}" placeholder="${pattern}"!${kind === 'integer' ? ' inputmode="numeric"' : ''} spellcheck="false">`;
}

function choice(view: View, field: Field, place: Place, options: readonly (readonly [string, Label?])[]): string {
  const { language } = view;
  const chosen = place.example === undefined ? '' : String(place.example);
  const must = field.required || field.note.missing !== undefined;
  const unset = html`<option value=""!${chosen === '' ? ' selected' : ''}>${textsOf(view).toolUnset}</option>`;
  const each = options.map(
    ([value, words]) =>
      html`<option value="${value}"!${value === chosen ? ' selected' : ''}>${words === undefined ? value : `${value} · ${words[language]}`}</option>`,
  );
  return html`<select name="${place.path}" data-path="${place.path}" data-kind="${field.kind}"!${must ? ' data-required="true"' : ''}>!${unset}!${each}</select>`;
}
