import { decodeUtf8 } from './form.ts';

/** A file part: its field name and bytes. It is never part of the signature (TOP protocol 4.1). */
export type FilePart = { readonly name: string; readonly bytes: Buffer };

/** The body is not the multipart form that its content type announces (platform error 43). */
export class MultipartError extends Error {
  override name = 'MultipartError';
}

/** Most parts taken in one body. */
export const MAX_PARTS = 1000;

const CRLF = '\r\n';
const PARAMETER = /[:;]\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s"]*))/g;

/** The boundary of a multipart content type, wherever it stands among the parameters; undefined without one. */
export function boundaryOf(contentType: string): string | undefined {
  const found = /;\s*boundary\s*=\s*(?:"([^"]{1,70})"|([^;\s]{1,70}))/i.exec(contentType);
  return found?.[1] ?? found?.[2];
}

/**
 * Reads a `multipart/form-data` body in every dialect of the client notes (requests 6): a line break before the first
 * boundary, none after the closing one, headers without spaces, unquoted names. Throws MultipartError on a body that
 * is cut off or has a part without a name, EncodingError on text that is not UTF-8.
 * @param into text parameters to add to; what is read takes precedence
 */
export function decodeMultipart(body: Buffer, boundary: string | undefined, into: Map<string, string>): FilePart[] {
  if (boundary === undefined) throw new MultipartError('the content type names no boundary');
  const files: FilePart[] = [];
  const delimiter = `--${boundary}`;
  let at = body.indexOf(delimiter);
  for (let parts = 0; ; parts++) {
    if (at === -1) throw new MultipartError('the closing boundary is missing');
    at += delimiter.length;
    if (body.toString('latin1', at, at + 2) === '--') return files;
    if (parts === MAX_PARTS) throw new MultipartError(`more than ${MAX_PARTS} parts`);
    const headersEnd = body.indexOf(CRLF + CRLF, at);
    const end = body.indexOf(CRLF + delimiter, headersEnd + 2);
    if (headersEnd === -1 || end === -1) throw new MultipartError('a part is cut off');
    const content = body.subarray(headersEnd + 4, Math.max(end, headersEnd + 4));
    const { name, isFile } = disposition(decodeUtf8(body.subarray(at, headersEnd)));
    if (isFile) files.push({ name, bytes: content });
    else into.set(name, decodeUtf8(content));
    at = end + CRLF.length;
  }
}

function disposition(headers: string): { name: string; isFile: boolean } {
  const line = headers.split(CRLF).find((header) => /^content-disposition\s*:/i.test(header)) ?? '';
  const parameters = new Map<string, string>();
  for (const [, key = '', quoted, bare = ''] of line.matchAll(PARAMETER))
    parameters.set(key.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? bare);
  const name = parameters.get('name');
  if (!name) throw new MultipartError('a part has no name');
  return { name, isFile: parameters.has('filename') || parameters.has('filename*') };
}
