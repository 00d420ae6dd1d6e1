import { html } from 'ghtml';
import type { TSchema } from 'typebox';
import {
  DEFAULT_MAX_LENGTH,
  type Field,
  fieldNote,
  fieldsOf,
  itemOf,
  kindOf,
  type Label,
} from '../../contract/schema.ts';
import { settingWords } from '../../contract/settings.ts';
import { textsOf, type View } from './site.ts';

/** A field of a table: where it stands, and how deep. */
export type Row = Field & {
  /** Names from the top, joined by dots; list items have no index. */
  readonly path: string;
  /** 0 for top fields. */
  readonly depth: number;
};

/** Every field below a schema, each followed by its own members. */
export function rowsOf(schema: TSchema, base = '', depth = 0): Row[] {
  return fieldsOf(schema).flatMap((field) => {
    const path = base + field.name;
    const inner = membersOf(field);
    return [{ ...field, path, depth }, ...(inner === undefined ? [] : rowsOf(inner, `${path}.`, depth + 1))];
  });
}

/** The object schema whose members a field shows: its own, or that of its items. */
export function membersOf({ schema, kind }: Field): TSchema | undefined {
  if (kind === 'object') return schema;
  if (kind !== 'array') return undefined;
  const item = itemOf(schema);
  return kindOf(item) === 'object' ? item : undefined;
}

/** The response fields whose listed values tell how a call went, such as `return_code`. */
export const outcomesOf = (response: TSchema): Row[] =>
  rowsOf(response).filter(({ path, note }) => /(?:result|return|ret)_code$/.test(path) && note.values !== undefined);

/** The class that indents a row; deeper levels share the last. */
const depthClass = (depth: number): string => `depth-${Math.min(depth, 6)}`;

/** The table of a method's request parameters, every row with an anchor `request.` and its path. */
export function requestTable(view: View, schema: TSchema): string {
  const text = textsOf(view);
  const rows = rowsOf(schema);
  if (rows.length === 0) return html`<p class="quiet">${text.noRequest}</p>`;
  const body = rows.map(
    (row) => html`<tr id="request.${row.path}">!${nameCell(view, row, 'request')}
<td class="type">${row.note.type}</td><td>!${requiredMark(view, row)}</td>!${exampleCell(view, row.note.example)}
<td class="limits">!${limitsOf(view, row)}</td><td>!${meaningCell(view, row, 'request')}</td></tr>`,
  );
  const heads = [text.name, text.type, text.required, text.example, text.limits, text.meaning];
  return table(text.request, heads, body, 'wide request');
}

/** The table of a method's response fields, every row with an anchor `response.` and its path. */
export function responseTable(view: View, schema: TSchema): string {
  const text = textsOf(view);
  const body = rowsOf(schema).map(
    (row) => html`<tr id="response.${row.path}">!${nameCell(view, row, 'response')}
<td class="type">${row.note.type}</td>!${exampleCell(view, row.note.example)}<td>!${meaningCell(view, row, 'response')}</td></tr>`,
  );
  return table(text.response, [text.name, text.type, text.example, text.meaning], body, 'fields');
}

/**
 * A table that scrolls inside itself on narrow screens.
 * @param label what it holds, for screen readers
 * @param rows HTML of its `tr` elements
 */
export const table = (label: string, heads: readonly string[], rows: readonly string[], kind: string): string =>
  html`<div class="table-scroll" role="region" aria-label="${label}" tabindex="0"><table class="${kind}">
<thead><tr>!${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>!${rows}</tbody></table></div>`;

function nameCell(view: View, { path, name, depth, required }: Row, part: 'request' | 'response'): string {
  const text = textsOf(view);
  const absent =
    part === 'response' && !required
      ? html` <small class="absent" title="${text.maybeAbsentHint}">${text.maybeAbsent}</small>`
      : '';
  return html`<th scope="row" class="name ${depthClass(depth)}"><a href="#${part}.${path}"><code>${name}</code></a>!${absent}</th>`;
}

/** A field with an error of its own for its absence is required, whatever the schema says for the parser. */
const isRequired = ({ required, note }: Field): boolean => required || note.missing !== undefined;

function requiredMark(view: View, row: Row): string {
  const text = textsOf(view);
  return isRequired(row) ? html`<b class="required">${text.yes}</b>` : html`<span class="quiet">${text.no}</span>`;
}

/** A cell with an example value; where the table has no heads to show, on phones, the cell says itself what it holds. */
export const exampleCell = (view: View, example: string | undefined): string =>
  html`<td class="example" data-head="${textsOf(view).example}">!${example === undefined ? '' : html`<code>${example}</code>`}</td>`;

function meaningCell({ language }: View, { note, path }: Row, part: string): string {
  const values = Object.entries(note.values ?? {}) as [string, Label][];
  const list = values.map(
    ([value, words]) =>
      html`<div id="${part}.${path}.${value}"><dt><code>${value}</code></dt><dd>${words[language]}</dd></div>`,
  );
  return html`${note.meaning[language]}!${list.length === 0 ? '' : html`<dl class="values">!${list}</dl>`}`;
}

function limitsOf(view: View, row: Row): string {
  const text = textsOf(view);
  const { missing, setting } = row.note;
  const lines = boundsOf(view, row).map((line) => html`<span>${line}</span>`);
  if (setting) lines.push(html`<span>${settingWords(row.depth === 0)[view.language]}</span>`);
  if (missing !== undefined)
    lines.push(html`<span>${text.whenMissing} <a href="#error.${missing}"><code>${missing}</code></a></span>`);
  return lines.join('');
}

function boundsOf(view: View, { schema, kind, note, depth }: Row): string[] {
  const text = textsOf(view);
  const bounds = schema as unknown as { maxLength: number; maxItems: number; minimum: number; maximum: number };
  switch (kind) {
    case 'object':
      return depth === 0 ? [text.jsonObject] : [];
    case 'array':
      return [...arrayForm(view, schema, depth), text.maxItems(bounds.maxItems)];
    case 'instant':
      return [`${note.date} GMT+8`];
    case 'integer':
      return rangeOf(view, bounds);
    case 'string':
      if (note.values !== undefined) return [];
      return [...(note.type === 'Json' ? [text.jsonText] : []), text.maxLength(bounds.maxLength)];
    default:
      return ['true / false'];
  }
}

function arrayForm(view: View, schema: TSchema, depth: number): string[] {
  const text = textsOf(view);
  const item = itemOf(schema);
  const { maxLength } = item as unknown as { maxLength?: number };
  const simple = kindOf(item) !== 'object';
  const form = depth > 0 ? [] : [simple ? text.commaJoined : text.jsonArray];
  const items = maxLength !== undefined && maxLength !== DEFAULT_MAX_LENGTH && fieldNote(item).values === undefined;
  return items ? [...form, text.itemMaxLength(maxLength)] : form;
}

function rangeOf(view: View, { minimum, maximum }: { minimum: number; maximum: number }): string[] {
  const text = textsOf(view);
  const [low, high] = [minimum !== Number.MIN_SAFE_INTEGER, maximum !== Number.MAX_SAFE_INTEGER];
  if (low && high) return [text.between(minimum, maximum)];
  if (low) return [text.atLeast(minimum)];
  return high ? [text.atMost(maximum)] : [];
}
