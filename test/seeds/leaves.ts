import type { Element } from '../harness/xml.ts';

/** A leaf of an answer: its path, with a number at every list item, and its value as the spelling gives it. */
export type Leaf = readonly [path: string, value: unknown];

/** The leaves of a JSON value in order; an empty list or object is a leaf of its own. */
export function jsonLeaves(value: unknown, path = ''): Leaf[] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  if (Array.isArray(value)) return value.flatMap((item, index) => jsonLeaves(item, `${path}[${index}]`));
  const below = path === '' ? '' : `${path}.`;
  return Object.entries(value).flatMap(([name, member]) => jsonLeaves(member, below + name));
}

/** The leaves of an element's children in order, as texts; elements of these names are list items and numbered. */
export function xmlLeaves({ children }: Element, items: ReadonlySet<string>, path = ''): Leaf[] {
  const seen = new Map<string, number>();
  return children.flatMap((child) => {
    const index = seen.get(child.name) ?? 0;
    seen.set(child.name, index + 1);
    const below = path === '' ? '' : `${path}.`;
    const here = `${below}${child.name}${items.has(child.name) ? `[${index}]` : ''}`;
    return child.children.length === 0 ? [[here, child.text] as Leaf] : xmlLeaves(child, items, here);
  });
}

/** Whether a leaf stands in the first item of every list around it, as every leaf of a page's sample does. */
export const isFirst = ([path]: Leaf): boolean => !/\[[1-9]/.test(path);

/** A path of the normal spelling as simplified JSON has it: lists without their item name. */
export const simplePath = (path: string): string => path.replaceAll(/\.\w+(\[\d+\])/g, '$1');

/** The last name of a path. */
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1);
