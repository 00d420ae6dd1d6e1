import type { Format } from './render.ts';

/** A separator that the plain text of answers may hold, outside all that can be escaped. */
export const isStructural = (separator: string, format: Format): boolean =>
  format === 'xml' ? PROLOG.includes(separator) || mayStand(separator, XML) : mayStand(separator, JSON_TEXT);

/**
 * The text of one answer without the separator of its batch: where it stands inside, its characters are escaped in every
 * text, as `\u002d` in JSON and `&#x2d;` in XML, which reads the same. Clients count segments by their separators (TOP
 * protocol 9). A structural separator (`isStructural`) cannot be kept out.
 */
export function withoutSeparator(answer: string, separator: string, format: Format): string {
  if (!answer.includes(separator)) return answer;
  return format === 'xml' ? escapeXmlTexts(answer, separator) : escapeJsonTexts(answer, separator);
}

/** Which characters may follow which in an answer, once the separator's own are escaped in its texts. */
type Following = readonly (readonly [characters: string, following: string])[];

const DIGITS = '0123456789';
const VALUE = `"{[-${DIGITS}tfn`;

/** JSON without blanks: brackets, whole numbers, `true`, `false`, `null`, quotes, and escapes `\u` with hexadecimal digits. */
const JSON_TEXT: Following = [
  ['{', '"}'],
  ['[', `${VALUE}]`],
  ['}]', ',}]'],
  [':', VALUE],
  [',', VALUE],
  ['"', ':,}]"\\'],
  ['-', DIGITS],
  ['\\', 'u'],
  [`${DIGITS}abcdef`, `${DIGITS}abcdef"\\`],
  [DIGITS, ',}]'],
  ['t', 'r'],
  ['r', 'u'],
  ['u', `el${DIGITS}abcdef`],
  ['e', ',}]'],
  ['f', 'a'],
  ['a', 'l'],
  ['l', 'sl,}]'],
  ['s', 'e'],
  ['n', 'u'],
];

const SMALL = 'abcdefghijklmnopqrstuvwxyz_';
const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Elements without attributes, in names like `send_request` and `countLimit`, and escapes `&#x` with hexadecimal digits. */
const XML: Following = [
  ['<', `/${SMALL}`],
  ['>', '<&'],
  ['/', SMALL],
  [SMALL + DIGITS, `${SMALL}${CAPITALS}${DIGITS}>`],
  [CAPITALS, SMALL],
  ['&', '#'],
  ['#', 'x'],
  [`${DIGITS}abcdef`, ';'],
  [';', '<&'],
];
const PROLOG = '<?xml version="1.0" encoding="utf-8" ?><';

/** Whether each character of a text may stand in an answer, next to the one before it. */
function mayStand(text: string, following: Following): boolean {
  const characters = [...text];
  return characters.every((character, at) => {
    const ways = following.filter(([those]) => those.includes(character));
    const next = characters[at + 1];
    return ways.length > 0 && (next === undefined || ways.some(([, those]) => those.includes(next)));
  });
}

/** Of each quoted text the characters of the separator, those that are escaped already included. */
function escapeJsonTexts(answer: string, separator: string): string {
  let out = '';
  let at = 0;
  for (let open = answer.indexOf('"'); open !== -1; open = answer.indexOf('"', at)) {
    let end = open + 1;
    while (answer[end] !== '"') end += answer[end] === '\\' ? 2 : 1;
    out += answer.slice(at, open + 1) + escapeJson(answer.slice(open + 1, end), separator);
    at = end;
    out += answer[at++];
  }
  return out + answer.slice(at);
}

const escapeJson = (text: string, separator: string): string =>
  text.replace(/\\u[0-9a-f]{4}|\\.|[^\\]/gisu, (spelled) => {
    if (![...spelled].some((each) => separator.includes(each))) return spelled;
    const meant = spelled.startsWith('\\') ? (JSON.parse(`"${spelled}"`) as string) : spelled;
    return meant.split('').map(escapeUnit).join('');
  });

const escapeUnit = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Of each text between tags the characters of the separator, those that are escaped already included. */
const escapeXmlTexts = (answer: string, separator: string): string =>
  answer.replace(/>[^<]+/g, (text) => `>${escapeXml(text.slice(1), separator)}`);

const escapeXml = (text: string, separator: string): string =>
  text.replace(/&(\w+|#\d+);|[\s\S]/gu, (spelled, entity: string | undefined) => {
    if (![...spelled].some((each) => separator.includes(each))) return spelled;
    const point = entity === undefined ? spelled.codePointAt(0) : (ENTITIES[entity] ?? Number(entity.slice(1)));
    return `&#x${point?.toString(16)};`;
  });

const ENTITIES: Record<string, number> = { amp: 38, lt: 60, gt: 62, quot: 34 };
