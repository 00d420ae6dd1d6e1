// What XML 1.0 cannot carry, and what JSON could only carry as the \u escapes that the Java reader misreads
// (client notes, responses 7 and 10).
// biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what is looked for
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
const FORBIDDEN_ALL = new RegExp(FORBIDDEN, 'g');

/** Whether every answer format can carry the text as it is: no control characters but tab, LF and CR, well-formed. */
export const isPlainText = (text: string): boolean => !FORBIDDEN.test(text) && text.isWellFormed();

/** The text with every character that no answer format can carry replaced by U+FFFD. */
export const toPlainText = (text: string): string =>
  isPlainText(text) ? text : text.toWellFormed().replace(FORBIDDEN_ALL, '\ufffd');

const XML_SPECIAL = /[&<>"\r]/;
const XML_SPECIAL_ALL = new RegExp(XML_SPECIAL, 'g');
const XML_ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#13;' };

/** Escapes a text for an XML element, quotes included as the pages' samples do (TOP protocol 5.2). */
export function escapeXml(text: string): string {
  const plain = toPlainText(text);
  return XML_SPECIAL.test(plain) ? plain.replace(XML_SPECIAL_ALL, (char) => XML_ESCAPES[char] as string) : plain;
}

/** A JSON string in raw UTF-8 (client notes, responses 7). */
export const quoteJson = (text: string): string => JSON.stringify(toPlainText(text));
