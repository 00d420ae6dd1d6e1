// What XML 1.0 cannot carry, and what JSON could only carry as the \u escapes that the Java reader misreads
// (client notes, responses 7 and 10).
// biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what is looked for
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
const FORBIDDEN_ALL = new RegExp(FORBIDDEN, 'g');

/** Whether every answer format can carry the text as it is: no control characters but tab, LF and CR, well-formed. */
export const isPlainText = (text: string): boolean => !FORBIDDEN.test(text) && text.isWellFormed();

/** Why no answer format could carry a text, in Chinese; undefined when each can. */
export function faultOfText(text: string): string | undefined {
  if (isPlainText(text)) return undefined;
  const found = FORBIDDEN.exec(text)?.[0];
  if (found === undefined) return '含有不成对的代理字符，不是完整的 Unicode 文本';
  return `含有不允许的字符 U+${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** The text with every character that no answer format can carry replaced by U+FFFD. */
export const toPlainText = (text: string): string =>
  isPlainText(text) ? text : text.toWellFormed().replace(FORBIDDEN_ALL, '\ufffd');

const XML_ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#13;' };
const XML_SPECIAL = /[&<>"\r]/g;

// Nearly every text is free of all that needs care; one look tells.
const JSON_CLEAN = /^[ !#-[\]-\ud7ff\ue000-\ufffd]*$/;
const XML_CLEAN = /^[\t\n !#-%'-;=?-\ud7ff\ue000-\ufffd]*$/;

/** Escapes a text for an XML element, quotes included as the pages' samples do (TOP protocol 5.2). */
export const escapeXml = (text: string): string =>
  XML_CLEAN.test(text) ? text : toPlainText(text).replace(XML_SPECIAL, (char) => XML_ESCAPES[char] as string);

/** A JSON string in raw UTF-8 (client notes, responses 7). */
export const quoteJson = (text: string): string =>
  JSON_CLEAN.test(text) ? `"${text}"` : JSON.stringify(toPlainText(text));

/** Most characters of a caller's text that is repeated to it. */
const MOST_REPEATED = 200;

/**
 * A text of the caller as errors repeat it: whole when it is short, else its beginning and an ellipsis. No character is
 * cut in two.
 * @param most most UTF-16 units that are repeated
 */
export function cut(text: string, most: number = MOST_REPEATED): string {
  if (text.length <= most) return text;
  const half = (text.charCodeAt(most - 1) & 0xfc00) === 0xd800;
  return `${text.slice(0, half ? most - 1 : most)}…`;
}
