import { indentJson, indentXml } from '../../src/docs/indent.ts';
import { patternOf } from '../../src/docs/pages/code.ts';
import { copyButton } from './copy.ts';
import { make } from './dom.ts';
import { words } from './labels.ts';

/** Most characters put into the page at once; more would hold it up. */
const MOST_SHOWN = 100_000;
/** Longest answer that is laid out line by line: laying out four times as much holds a page up for almost half a second. */
const MOST_INDENTED = 1_000_000;
/** A text longer than this is not broken into lines to fit: browsers take seconds over a long line. */
const MOST_WRAPPED = 10_000;

/** Longest text in which words are coloured: each word is an element of its own. */
const MOST_COLOURED = 60_000;

/** A count of bytes or characters for people, e.g. `1.5 KB`. */
export function sizeOf(count: number): string {
  if (count < 1000) return `${count} B`;
  return count < 1_000_000 ? `${(count / 1000).toFixed(1)} KB` : `${(count / 1_000_000).toFixed(1)} MB`;
}

/** An answer laid out for reading; one that is too large stays as it came. */
export function layOut(text: string): string {
  if (text.length > MOST_INDENTED) return text;
  return text.startsWith('<') ? indentXml(text) : indentJson(text);
}

/**
 * A block of code of any length: at most 100,000 characters of it are in the page, the whole is offered as a file.
 * @param label what the block is, for screen readers
 * @param file name of the download
 * @param syntax language whose words are coloured, as `xml`, `json` or a language of the samples
 */
export function largeText(text: string, label: string, file: string, syntax = ''): HTMLElement {
  const shown = text.slice(0, MOST_SHOWN);
  const coloured = make('code', {}, ...(shown.length > MOST_COLOURED ? [shown] : colour(shown, syntax)));
  const code = make('pre', { tabindex: '0', role: 'region', 'aria-label': label }, coloured);
  // What is laid out in lines keeps them; one long line is broken to fit.
  const wraps = syntax === '' && shown.length <= MOST_WRAPPED;
  const block = make(
    'div',
    { class: wraps ? 'code wraps' : 'code' },
    code,
    copyButton(() => text),
  );
  if (shown.length === text.length) return block;
  const button = make('button', { type: 'button', class: 'button small' }, words.download);
  button.addEventListener('click', () => download(text, file));
  const size = new Blob([text]).size;
  const note = make('p', { class: 'notice small' }, words.cut(sizeOf(shown.length), sizeOf(size)), ' ', button);
  return make('div', {}, note, block);
}

/** The text as the pages show code: comments, texts, numbers and words of the language in elements of their own. */
function colour(text: string, syntax: string): (Node | string)[] {
  const pattern = patternOf(syntax);
  const parts: (Node | string)[] = [];
  let done = 0;
  for (const match of pattern === undefined ? [] : text.matchAll(pattern)) {
    const [kind = ''] = Object.entries(match.groups ?? {}).find(([, found]) => found !== undefined) ?? [];
    parts.push(text.slice(done, match.index), make('span', { class: `t-${kind}` }, match[0]));
    done = match.index + match[0].length;
  }
  return [...parts, text.slice(done)];
}

function download(text: string, file: string): void {
  const url = URL.createObjectURL(new Blob([text]));
  make('a', { href: url, download: file }).click();
  // The click starts the download after this turn.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
