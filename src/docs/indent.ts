const STEP = '  ';
const JSON_PART = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
const XML_PART = /<[^>]*>|[^<]+/g;
/** The end of an element, or an element without content. */
const ENDS = /^<\/|^<.*\/>$/s;

const line = (depth: number): string => `\n${STEP.repeat(depth)}`;

/**
 * Lays JSON text out for reading, two spaces a level. Texts and numbers stay as they are spelled, so whole numbers of
 * any length keep their digits. What is no JSON comes back unchanged.
 */
export function indentJson(text: string): string {
  const parts = isJson(text) ? (text.match(JSON_PART) ?? []) : [text];
  let depth = 0;
  return parts
    .map((part, index) => {
      if (part === ':') return ': ';
      if (part === ',') return `,${line(depth)}`;
      if (part === '{' || part === '[') {
        depth += 1;
        return isClosing(parts[index + 1]) ? part : part + line(depth);
      }
      if (!isClosing(part)) return part;
      depth -= 1;
      return isOpening(parts[index - 1]) ? part : line(depth) + part;
    })
    .join('');
}

const isOpening = (part: string | undefined): boolean => part === '{' || part === '[';
const isClosing = (part: string | undefined): boolean => part === '}' || part === ']';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Lays an XML answer out for reading, two spaces a level. An element that holds text stays on one line with its text
 * unchanged; answers have no element that holds both text and elements (TOP protocol 5.2).
 */
export function indentXml(text: string): string {
  const parts = text.match(XML_PART) ?? [];
  let depth = 0;
  let out = '';
  for (const [index, part] of parts.entries()) {
    const before = parts[index - 1];
    if (part.startsWith('</')) {
      depth -= 1;
      // Only the end of an element that holds elements stands on a line of its own.
      out += before !== undefined && ENDS.test(before) ? line(depth) + part : part;
    } else if (part.startsWith('<')) {
      out += (out === '' ? '' : line(depth)) + part;
      if (!part.startsWith('<?') && !part.endsWith('/>')) depth += 1;
    } else out += part;
  }
  return out;
}
