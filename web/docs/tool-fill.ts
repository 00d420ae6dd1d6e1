import { parsedJson, splitList } from '../../src/wire/lists.ts';
import { one } from './dom.ts';
import { appendItem, clear, controlsOf, nameOf } from './tool-form.ts';

/**
 * Fills a form with the business parameters of a call, as the texts that were sent (TOP protocol 3); what the call left
 * out is emptied.
 * @returns names of the parameters of which something does not fit the form
 */
export function fillForm(fields: HTMLElement, texts: Readonly<Record<string, string>>): string[] {
  clear(fields);
  const unfit = [...controlsOf(fields)].filter((control) => !fill(control, texts[nameOf(control)]));
  return unfit.map(nameOf);
}

/** Puts a value into a control and says whether all of it fitted. */
function fill(control: HTMLElement, value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  switch (control.dataset.kind) {
    case 'object':
      return fillObject(control, parsedJson(value));
    case 'array':
      return fillList(control, value);
    default:
      return fillLeaf(control as HTMLInputElement, value);
  }
}

function fillObject(control: HTMLElement, value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const members = value as Readonly<Record<string, unknown>>;
  return [...controlsOf(control)].map((each) => fill(each, members[nameOf(each)])).every(Boolean);
}

/** Lists of simple values come comma-joined, others as JSON. */
function fillList(list: HTMLElement, value: unknown): boolean {
  const template = one<HTMLTemplateElement>(':scope > template', list);
  const simple = template?.content.querySelector('[data-item].simple') !== null;
  const items = simple && typeof value === 'string' ? splitList(value) : parsedJson(value);
  if (!Array.isArray(items)) return false;
  const fitted = items.map((each) => {
    const item = appendItem(list);
    const [control] = item === undefined ? [] : controlsOf(item);
    return control !== undefined && fill(control, each);
  });
  return fitted.every(Boolean);
}

function fillLeaf(control: HTMLInputElement, value: unknown): boolean {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  control.value = text;
  // A choice takes only what it offers, and a box of one line no line breaks.
  return control.value === text;
}
