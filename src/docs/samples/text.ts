const CONTROLS = '\\u0000-\\u001f\\u007f';
// Ends of line to some languages, and a mark that editors drop.
const UNSEEN = '\\u0080-\\u009f\\u2028\\u2029\\ufeff';

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const hex = (char: string, length: number): string => char.charCodeAt(0).toString(16).padStart(length, '0');
const named = (spell: (char: string) => string) => (char: string) => NAMED[char] ?? spell(char);
const backslashed = (char: string): string => `\\${char}`;
const byUnit = named((char) => `\\u${hex(char, 4)}`);

const UNSEEN_ALL = new RegExp(`[${CONTROLS}${UNSEEN}]`, 'g');

/** A text as a literal of JavaScript, TypeScript or Python: in single quotes unless double ones spare backslashes. */
export function scriptLiteral(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const special = quote === "'" ? /[\\']/g : /[\\"]/g;
  return quote + text.replace(special, backslashed).replace(UNSEEN_ALL, byUnit) + quote;
}

/** A name as the key of an object in JavaScript or TypeScript, in quotes where it needs them. */
export const scriptKey = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : scriptLiteral(name));

/** A text as a literal of C#. */
export const csharpLiteral = (text: string): string =>
  `"${text.replace(/[\\"]/g, backslashed).replace(UNSEEN_ALL, byUnit)}"`;

/** A text as a literal of Java; all but ASCII is escaped, since compilers before JDK 18 read files as the system does. */
export const javaLiteral = (text: string): string =>
  `"${text.replace(/[\\"]/g, backslashed).replace(/[^ -~]/g, byUnit)}"`;

const CONTROLS_ALL = new RegExp(`[${CONTROLS}]`, 'g');

/** A text as a literal of C++. Three octal digits end an escape, where hexadecimal ones would take in what follows. */
export const cppLiteral = (text: string): string =>
  `"${text.replace(/[\\"]/g, backslashed).replace(
    CONTROLS_ALL,
    named((char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`),
  )}"`;

/** A text as a literal of PHP: in single quotes, or in double ones when it needs escapes. */
export function phpLiteral(text: string): string {
  if (text.search(UNSEEN_ALL) === -1) return `'${text.replace(/[\\']/g, backslashed)}'`;
  const escaped = text.replace(/[\\"$]/g, backslashed);
  return `"${escaped.replace(
    UNSEEN_ALL,
    named((char) => `\\u{${hex(char, 4)}}`),
  )}"`;
}

/** A text as a word of a POSIX shell, in single quotes, which keep everything but themselves. */
export const shellWord = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
