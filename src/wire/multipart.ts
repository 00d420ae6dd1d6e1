import { Dicer } from '@fastify/busboy';
import type { Label } from '../contract/schema.ts';
import { decodeUtf8 } from './form.ts';

/** A file part: its field name and bytes. It is never part of the signature (TOP protocol 4.1). */
export type FilePart = { readonly name: string; readonly bytes: Buffer };

/** The body is not the multipart form that its content type announces (platform error 43). */
export class MultipartError extends Error {
  override name = 'MultipartError';
  /** What is wrong, for the caller. */
  readonly words: Label;

  constructor(words: Label) {
    super(words.en);
    this.words = words;
  }
}

/** Most parts taken in one body. */
export const MAX_PARTS = 1000;

/** Most bytes and lines of a part's head; what goes beyond is not read. */
const HEAD = { maxHeaderSize: 16 * 1024, maxHeaderPairs: 100 };

/** The boundary of a multipart content type, wherever it stands among the parameters; undefined without one. */
export function boundaryOf(contentType: string): string | undefined {
  const found = /;\s*boundary\s*=\s*(?:"([^"]{1,70})"|([^;\s]{1,70}))/i.exec(contentType);
  return found?.[1] ?? found?.[2];
}

/**
 * Reads a `multipart/form-data` body in every dialect of the client notes (requests 6): a line break before the first
 * boundary, none after the closing one, headers without spaces, unquoted names. Rejects with MultipartError for a body
 * that is cut off, has too many parts or one without a name, with EncodingError for text that is not UTF-8.
 * @param into text parameters to add to; what is read takes precedence
 * @param repeated takes the names of texts that were there already
 */
export async function decodeMultipart(
  body: Buffer,
  boundary: string | undefined,
  into: Map<string, string>,
  repeated?: string[],
): Promise<FilePart[]> {
  if (boundary === undefined)
    throw new MultipartError({ zh: 'Content-Type 没有写 boundary', en: 'the content type names no boundary' });
  const files: FilePart[] = [];
  for (const { disposition, bytes } of await split(body, boundary)) {
    const parameters = parametersOf(decodeUtf8(Buffer.from(disposition, 'latin1')));
    const name = parameters.get('name');
    if (!name) throw new MultipartError({ zh: '有一部分没有名称', en: 'a part has no name' });
    if (parameters.has('filename') || parameters.has('filename*')) files.push({ name, bytes });
    else {
      if (into.has(name)) repeated?.push(name);
      into.set(name, decodeUtf8(bytes, name));
    }
  }
  return files;
}

/** A part as it stands: its Content-Disposition in latin1, empty without one, and its content. */
type Part = { disposition: string; bytes: Buffer };

/** Splits a whole body into its parts. */
function split(body: Buffer, boundary: string): Promise<Part[]> {
  const found: { part: Dicer.PartStream; disposition: string }[] = [];
  // With room for all of it no part ever waits to be read: the body is split within this call.
  const dicer = new Dicer({ boundary, ...HEAD, partHwm: body.length + 1 } as Dicer.Config);
  dicer.on('part', (part) => {
    // Thrown out of `end` below, so that the rest is not looked at.
    if (found.length === MAX_PARTS)
      throw new MultipartError({ zh: `超过 ${MAX_PARTS} 个部分`, en: `more than ${MAX_PARTS} parts` });
    const each = { part, disposition: '' };
    part.on('header', (header) => {
      each.disposition = (header as Record<string, string[]>)['content-disposition']?.[0] ?? '';
    });
    // The whole body is refused then.
    part.on('error', () => undefined);
    found.push(each);
  });
  return new Promise((done, failed) => {
    const parts: Part[] = [];
    // At once when there is no part, else when all of them are read.
    dicer.on('finish', () => done(parts));
    dicer.on('error', () =>
      failed(new MultipartError({ zh: '缺少结尾的 boundary，请求体不完整', en: 'the closing boundary is missing' })),
    );
    dicer.end(body);
    for (const { part, disposition } of found)
      parts.push({ disposition, bytes: (part.read() as Buffer | null) ?? Buffer.alloc(0) });
  });
}

/** Parameters of a header behind its first word, in one pass: `name=value`, quoted or not, blanks anywhere. */
function parametersOf(header: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (let at = header.indexOf(';'); at !== -1 && at < header.length; ) {
    const equals = header.indexOf('=', at);
    if (equals === -1) break;
    const name = header.slice(header.lastIndexOf(';', equals) + 1, equals);
    const { value, end } = valueAt(header, equals + 1);
    parameters.set(name.trim().toLowerCase(), value);
    at = end;
  }
  return parameters;
}

/** The value that begins at a place of a header, and where it ends: at a semicolon outside quotes, or with the header. */
function valueAt(header: string, from: number): { value: string; end: number } {
  let at = from;
  while (header[at] === ' ' || header[at] === '\t') at++;
  if (header[at] !== '"') {
    const next = header.indexOf(';', at);
    const end = next === -1 ? header.length : next;
    return { value: header.slice(at, end).trim(), end };
  }
  let value = '';
  for (at++; at < header.length && header[at] !== '"'; at++) {
    if (header[at] === '\\') at++;
    value += header[at] ?? '';
  }
  const next = header.indexOf(';', at);
  return { value, end: next === -1 ? header.length : next };
}
