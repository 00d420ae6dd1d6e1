/** One part of a file that goes up: whole lines. */
export type Part = { readonly csv: string; readonly is_last: boolean; readonly bytes: number };

/** Bytes read at a time; a part of an import holds 1,000,000 characters at the most. */
const PART_BYTES = 400_000;

/**
 * A file in parts of whole lines, the same ones each time, so that an upload that broke off can go on. `bytes` is how far
 * the file is read after a part. An empty file has none.
 * @param part_bytes read at a time
 */
export async function* partsOf(file: Blob, part_bytes = PART_BYTES): AsyncGenerator<Part> {
  const decoder = new TextDecoder();
  let rest = '';
  let held: { csv: string; bytes: number } | undefined;
  for (let at = 0; at < file.size; at += part_bytes) {
    const bytes = Math.min(at + part_bytes, file.size);
    const isEnd = bytes === file.size;
    const read = decoder.decode(await file.slice(at, bytes).arrayBuffer(), { stream: !isEnd });
    const text = rest + read;
    // What is longer than any code is no line of codes: it need not be kept whole.
    const end = isEnd || text.length > 2 * part_bytes ? text.length : text.lastIndexOf('\n') + 1;
    rest = text.slice(end);
    if (end === 0) continue;
    if (held !== undefined) yield { ...held, is_last: false };
    held = { csv: text.slice(0, end), bytes };
  }
  if (held !== undefined) yield { ...held, is_last: true };
}
