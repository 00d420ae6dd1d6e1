import { pipeline } from 'node:stream/promises';

/** A statement `copy … from stdin` that was not sent yet. */
type CopyStatement = { writable(): Promise<NodeJS.WritableStream> };

const ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** A value as a column of COPY's text format has it. */
export const copyValue = (text: string): string => text.replace(/[\\\t\n\r]/g, (each) => ESCAPES[each] as string);

/**
 * Sends lines of COPY's text format to a `copy … from stdin`, piece by piece, as fast as the server takes them: what is in
 * memory is bounded by the size of a piece. Resolves once the server has taken all of them, and rejects with its refusal.
 */
export const copyLines = async (statement: CopyStatement, pieces: Iterable<string>): Promise<void> =>
  pipeline(pieces, await statement.writable());
