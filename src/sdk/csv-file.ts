/** One part of a file that goes up: whole lines, and how far the file is read after it. */
export type FilePart = { readonly csv: string; readonly is_last: boolean; readonly bytes: number };

/** Bytes read at a time; a part of an import holds 1,000,000 characters at the most. */
const PART_BYTES = 300_000;
const SAMPLE_BYTES = 4096;

/**
 * A file of codes in parts of whole lines, the same ones each time, so that an upload that broke off can go on. It may be
 * UTF-8, UTF-16 or GBK, as spreadsheets of Chinese systems write it, with a byte order mark or without. A line end within
 * quotes ends no part; a line that is longer than two parts is cut, since it is no code. An empty file has no parts.
 * @param part_bytes read at a time
 */
export async function* partsOf(file: Blob, part_bytes = PART_BYTES): AsyncGenerator<FilePart> {
  const decoder = new TextDecoder(await encodingOf(file, part_bytes));
  let rest = '';
  let held: { csv: string; bytes: number } | undefined;
  let isCut = false;
  for (let at = 0; at < file.size; at += part_bytes) {
    const bytes = Math.min(at + part_bytes, file.size);
    const isEnd = bytes === file.size;
    let text = rest + decoder.decode(await file.slice(at, bytes).arrayBuffer(), { stream: !isEnd });
    if (isCut) text = afterLine(text);
    isCut = isCut && text === '';
    let end = isEnd ? text.length : recordEnd(text);
    rest = text.slice(end);
    if (rest.length > 2 * part_bytes) {
      // The rest of such a line must not be taken for a line of its own.
      end = text.length;
      isCut = !text.endsWith('\n');
      rest = '';
    }
    if (end === 0) continue;
    if (held !== undefined) yield { ...held, is_last: false };
    held = { csv: text.slice(0, end), bytes };
  }
  if (held !== undefined) yield { ...held, is_last: true };
}

/** What stands from the next line end on. */
function afterLine(text: string): string {
  const end = text.indexOf('\n');
  return end < 0 ? '' : text.slice(end);
}

const FIELD_ENDS = ',;\t|\r\n';

/** Where the last line of a text ends that does not end within quotes; 0 when none does. */
function recordEnd(text: string): number {
  let end = 0;
  let isQuoted = false;
  let isFieldStart = true;
  for (let at = 0; at < text.length; at++) {
    const [character, next] = [text[at] as string, text[at + 1]];
    if (isQuoted) {
      // Doubled quotes stand for one.
      if (character === '"' && next === '"') at++;
      else if (character === '"') isQuoted = false;
      continue;
    }
    if (character === '"' && isFieldStart) isQuoted = true;
    else if (character === '\n' || (character === '\r' && next !== undefined && next !== '\n')) end = at + 1;
    isFieldStart = FIELD_ENDS.includes(character) || (isFieldStart && character === ' ');
  }
  return end;
}

/** The encoding of a file by its byte order mark, by the zeros of UTF-16, or by what UTF-8 cannot be. */
async function encodingOf(file: Blob, part_bytes: number): Promise<string> {
  const head = new Uint8Array(await file.slice(0, SAMPLE_BYTES).arrayBuffer());
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const zeros = [0, 1].map((odd) => head.filter((byte, index) => index % 2 === odd && byte === 0).length);
  const [most, other] = [Math.max(...zeros), Math.min(...zeros)];
  if (most > head.length / 8 && other < most / 8) return zeros[1] === most ? 'utf-16le' : 'utf-16be';
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for (let at = 0; at < file.size; at += part_bytes)
      decoder.decode(await file.slice(at, at + part_bytes).arrayBuffer(), { stream: at + part_bytes < file.size });
    return 'utf-8';
  } catch {
    return 'gb18030';
  }
}
