import { all, make, one } from './dom.ts';
import { words } from './labels.ts';

/** Nested values of a form, as the contract has them. */
export type Values = Record<string, unknown>;

/** The controls directly within an element: fields, objects and lists, but not what stands inside those. */
export function* controlsOf(within: Element): Generator<HTMLElement> {
  for (const child of within.children) {
    if (child instanceof HTMLElement && child.dataset.path !== undefined) yield child;
    else if (!(child instanceof HTMLTemplateElement)) yield* controlsOf(child);
  }
}

/** The last name of a control's path, such as `code` of `query.items[].code`. */
export const nameOf = (control: HTMLElement): string =>
  (control.dataset.path as string).replace(/^.*\./, '').replace('[]', '');

/**
 * Reads the nested values of a form by its fieldsets. What is empty or switched off is left out. A number that is none
 * goes as the text that was typed, so that the server's own refusal is seen.
 */
export function readValues(within: Element): Values {
  const values: Values = {};
  for (const control of controlsOf(within)) {
    const value = readControl(control);
    if (value !== undefined) values[nameOf(control)] = value;
  }
  return values;
}

function readControl(control: HTMLElement): unknown {
  if (control instanceof HTMLFieldSetElement && control.disabled) return undefined;
  switch (control.dataset.kind) {
    case 'object': {
      const members = readValues(control);
      return Object.keys(members).length === 0 ? undefined : members;
    }
    case 'array': {
      const items = itemsOf(control).map((item) => [...controlsOf(item)].map(readControl)[0]);
      const filled = items.filter((item) => item !== undefined);
      return filled.length === 0 ? undefined : filled;
    }
    default:
      return readLeaf((control as HTMLInputElement).value, control.dataset.kind);
  }
}

function readLeaf(text: string, kind: string | undefined): unknown {
  if (text === '') return undefined;
  if (kind === 'integer' && /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  if (kind === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

const itemsOf = (list: Element): HTMLElement[] => {
  const items = one(':scope > [data-items]', list);
  return items === undefined ? [] : all(':scope > [data-item]', items);
};

/** Makes the lists of a form grow and shrink, its optional groups leave-out-able, and its buttons restore and clear. */
export function enhanceForm(form: HTMLFormElement, fields: HTMLElement): void {
  const original = [...fields.childNodes].map((node) => node.cloneNode(true));
  offerLeavingOut(fields);
  form.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest('button') : null;
    if (button === null) return;
    if (button.matches('[data-add]')) addItem(button);
    if (button.matches('[data-remove]')) removeItem(button);
    if (button.matches('[data-clear]')) clear(fields);
    if (button.matches('[data-restore]')) {
      fields.replaceChildren(...original.map((node) => node.cloneNode(true)));
      offerLeavingOut(fields);
    }
  });
}

function addItem(button: HTMLButtonElement): void {
  const list = button.closest<HTMLElement>('[data-kind=array]');
  const item = list === null ? undefined : appendItem(list);
  if (item !== undefined) one('input, select, textarea', item)?.focus();
}

/** Adds an empty item to the end of a list and gives it. */
export function appendItem(list: HTMLElement): HTMLElement | undefined {
  const template = one<HTMLTemplateElement>(':scope > template', list);
  const items = one(':scope > [data-items]', list);
  const add = one<HTMLButtonElement>(':scope > [data-add]', list);
  if (template === undefined || items === undefined || add === undefined) return undefined;
  const item = document.importNode(template.content, true);
  offerLeavingOut(item);
  items.append(item);
  limit(list, add);
  return items.lastElementChild as HTMLElement;
}

function removeItem(button: HTMLButtonElement): void {
  const list = button.closest<HTMLElement>('[data-kind=array]');
  button.closest('[data-item]')?.remove();
  const add = list === null ? undefined : one<HTMLButtonElement>(':scope > [data-add]', list);
  if (list === null || add === undefined) return;
  limit(list, add);
  add.focus();
}

/** A full list offers no further item. */
function limit(list: HTMLElement, add: HTMLButtonElement): void {
  add.disabled = itemsOf(list).length >= Number(list.dataset.maxItems ?? Number.POSITIVE_INFINITY);
}

/** Empties every field of a form and takes the items out of its lists. */
export function clear(fields: HTMLElement): void {
  for (const item of all('[data-item]', fields)) item.remove();
  for (const control of all<HTMLInputElement>('input[data-path], select[data-path], textarea[data-path]', fields))
    control.value = '';
}

/** Optional groups get a box in their legend that leaves them out; a legend stays alive in a disabled fieldset. */
function offerLeavingOut(within: ParentNode): void {
  for (const legend of all('fieldset[data-path] > legend', within)) {
    const group = legend.parentElement as HTMLFieldSetElement;
    if (one('.required', legend) !== undefined || one('.tool-leave', legend) !== undefined) continue;
    const box = make('input', { type: 'checkbox' });
    box.addEventListener('change', () => {
      group.disabled = box.checked;
    });
    legend.append(make('label', { class: 'tool-leave' }, box, words.leaveOut));
  }
}
