import { addFileKey, homeFolder, keepFirstFileKey, readMasterKeys } from '../config.ts';
import { type Rotated, rotateKeys } from '../database/key-rotation.ts';
import { sealedColumns } from '../handlers.ts';
import { withDatabase } from './database.ts';
import { EXIT, type Io, printJson } from './io.ts';
import { openProgress } from './progress.ts';

/** What stays under the key of lookups, and what that means. */
const KEPT = `Not changed, since nothing but a keyed hash of it is kept or it follows from that key: what session keys, refresh tokens,
partners' tokens, phone numbers, documents and codes are found by, the codes of batches with a pattern, and the keys
that sign ticket codes. The key of these hashes is the database's own. It is sealed under the new master key now, so
the earlier one opens nothing of this database; backups made before still open with it.\n`;

/**
 * Seals everything anew under the master key of the settings, or of a sandbox's data folder under one that it makes, while
 * servers run. Ends with 3 when a text opens under no key given.
 */
export async function rotateMasterKey(io: Io, { json }: { json?: true }): Promise<void> {
  const home = homeFolder(io.env);
  await withDatabase(io, async (sql) => {
    addFileKey(home, io.env);
    const progress = openProgress(io, 'sealed anew');
    const keys = readMasterKeys({ sandbox: false, home }, io.env);
    const onProgress = (done: number) => progress.update(done);
    const rotated = await rotateKeys({ sql, keys, columns: sealedColumns, now: new Date(), onProgress }).finally(
      progress.stop,
    );
    if (rotated.unopened.length === 0) keepFirstFileKey(home, io.env);
    else io.exitCode = EXIT.difference;
    if (json) return printJson(io, rotated);
    io.out(told(rotated));
  });
}

function told({ key_id, moved, resealed, unopened }: Rotated): string {
  const left = `${unopened.length} texts open under no key given, nor would they before: they were changed, or copied from another row\n`;
  if (unopened.length > 0) return `${unopened.map((each) => `${each}\n`).join('')}${left}`;
  const proof = `${resealed} texts were sealed anew. Nothing in this database is sealed under another key than ${key_id}.\n`;
  if (!moved && resealed === 0)
    return `${proof}To change it, put a new key into PIAOQUAN_MASTER_KEY and this one into PIAOQUAN_PREVIOUS_MASTER_KEYS.\n`;
  return `${proof}The earlier master keys may be taken out of the settings.\n\n${KEPT}`;
}
