import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import type { Slot } from './clients.ts';
import { asFailure } from './session.ts';
import { type Part, textOf } from './text.ts';

const ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** A value as a column of COPY's text format has it. */
export const copyValue = (text: string): string => text.replace(/[\\\t\n\r]/g, (each) => ESCAPES[each] as string);

/**
 * Sends lines of COPY's text format to a `copy … from stdin`, piece by piece, as fast as the server takes them: what is in
 * memory is bounded by the size of a piece. Resolves once the server has taken all of them, and rejects with its refusal.
 * @param slot a connection that is lent alone, with nothing under way
 */
export async function copyLines({ client }: Slot, statement: Part, pieces: Iterable<string>): Promise<void> {
  // The driver takes a COPY outside its pipeline only; `giveBack` lets the connection into it again.
  Object.assign(client, { pipeline: false });
  try {
    await pipeline(pieces, client.query(copyFrom(textOf(statement))));
  } catch (error) {
    throw asFailure(error as Error);
  }
}
