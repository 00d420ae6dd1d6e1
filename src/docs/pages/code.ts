import { html } from 'ghtml';

/** One tab of a set: what it is called, and the HTML it shows. */
export type Tab = { readonly id: string; readonly label: string; readonly body: string };

/**
 * Tabs that work without script: radio buttons before the panels, and styles that show the panel of the chosen one.
 * @param name distinct on the page
 */
export function tabs(name: string, label: string, all: readonly Tab[]): string {
  const choices = all.map(
    ({ id, label: each }, index) =>
      html`<input type="radio" name="${name}" id="${name}-${id}" value="${id}"!${index === 0 ? ' checked' : ''}><label for="${name}-${id}">${each}</label>`,
  );
  const panels = all.map(({ id, body }) => html`<div class="panel" data-panel="${id}">!${body}</div>`);
  return html`<div class="tabs" role="group" aria-label="${label}" data-tabs="${name}">!${choices}!${panels}</div>`;
}

/**
 * A block of code with its marks; the browser's script puts a copy button into it.
 * @param language names the tokens to mark: `xml`, `json`, `sh`, or one of the samples' languages; others have none
 * @param label what it is, for screen readers, since it scrolls by keyboard
 * @param file what to save it as
 */
export function codeBlock(code: string, language: string, label: string, file = ''): string {
  const caption = file === '' ? '' : html`<p class="file">${file}</p>`;
  return html`<div class="code" data-code>!${caption}<pre tabindex="0" role="region" aria-label="${label}"><code>!${highlight(code, language)}</code></pre></div>`;
}

const KEYWORDS =
  'and|as|async|await|break|case|catch|class|const|continue|def|do|done|echo|else|except|export|finally|fn|for|foreach|from|function|if|import|in|include|int|let|local|new|not|null|or|private|public|return|static|string|struct|then|throw|throws|try|using|var|void|while|with|true|false|None|True|False';
const STRING = String.raw`"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'`;
const SLASHES = String.raw`\/\/[^\n]*|\/\*[\s\S]*?\*\/`;
const HASH = String.raw`(?<=^|\s)#[^\n]*`;

const NUMBER = String.raw`\b\d+\b`;

/** In shells a number is a word like any other, and a number sign begins a comment; in Python too. */
const SHELLS = ['bash', 'sh', 'shell', 'curl'];
/** Languages whose comments begin with slashes. */
const SLASHED = ['java', 'dotnet', 'php', 'cpp', 'node', 'typescript', 'ts', 'js', 'javascript', 'csharp'];

const XML = /(?<keyword><\/?[\w-]+|\/?>|\?>)|(?<comment><\?[^?]*)|(?<string>"[^"]*")/g;
const JSON_TEXT =
  /(?<keyword>"(?:[^"\\]|\\.)*"(?=\s*:))|(?<string>"(?:[^"\\]|\\.)*")|(?<number>-?\b\d[\d.]*\b|\btrue\b|\bfalse\b|\bnull\b)/g;

/** What to mark in a language; nothing in one that is not known. */
export function patternOf(language: string): RegExp | undefined {
  if (language === 'xml' || language === 'html') return XML;
  if (language === 'json') return JSON_TEXT;
  const shell = SHELLS.includes(language);
  if (!shell && language !== 'python' && !SLASHED.includes(language)) return undefined;
  const comment = SLASHED.includes(language) ? SLASHES : HASH;
  const number = shell ? '' : `|(?<number>${NUMBER})`;
  return new RegExp(`(?<comment>${comment})|(?<string>${STRING})|(?<keyword>\\b(?:${KEYWORDS})\\b)${number}`, 'gm');
}

/** The code as HTML, with spans around comments, strings, numbers and words of the language. */
export function highlight(code: string, language: string): string {
  const pattern = patternOf(language);
  let out = '';
  let done = 0;
  for (const match of pattern === undefined ? [] : code.matchAll(pattern)) {
    const [kind] = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined) ?? [''];
    out += html`${code.slice(done, match.index)}<span class="t-${kind}">${match[0]}</span>`;
    done = match.index + match[0].length;
  }
  return out + html`${code.slice(done)}`;
}
