import { setTimeout as sleep } from 'node:timers/promises';
import type { SealedColumn } from '../secrets/sealed.ts';
import { createRingVault, type KeyRing, type MasterKey, masterKey, SealError, type Vault } from '../secrets/vault.ts';
import { StartError } from '../start-error.ts';
import { logRotation } from './change-log.ts';
import {
  countEarlier,
  findHolders,
  findKeyState,
  forgetEarlierKeys,
  type Holder,
  holdEarlier,
  type KeyState,
  moveKey,
  type SealedRow,
  writeSealed,
} from './key-store.ts';
import { sealLookup, toRing } from './keyring.ts';
import type { Sql } from './pool.ts';

/** What a change of the master key came to. */
export type Rotated = {
  /** The key under which everything is sealed now. */
  readonly key_id: string;
  /** Whether that key is another than before. */
  readonly moved: boolean;
  /** Texts that were sealed anew by this run. */
  readonly resealed: number;
  /** Texts that open under no key given, as `table.column key`; while there are any, no key is given up. */
  readonly unopened: readonly string[];
};

/** What a rotation works on. */
export type RotationParts = {
  readonly sql: Sql;
  /** The master keys given, the new one first. */
  readonly keys: readonly Uint8Array[];
  readonly columns: readonly SealedColumn[];
  readonly now: Date;
  readonly onProgress?: (resealed: number) => void;
};

/** A page of rows is held at most for some milliseconds. */
const PAGE = 200;
/** A server that told nothing for so long is gone. */
const GONE_SECONDS = 20;
/** How long servers may take to have a key or to seal with it. */
const PATIENCE_MS = 30_000;
/** What a server sealed may wait so long for its statement: a little more than a call lasts. */
const UNDER_WAY_SECONDS = 15;

/**
 * Lets the first of the keys seal, and seals anew under it what is sealed under the others, while servers run and write.
 * It may be ended at any time and be run again. At its end the database has counted that nothing is left under another
 * key. Throws StartError when a server that runs has not the new key, before anything is changed.
 * @param underWaySeconds how long what a server sealed may wait for its statement
 * @param patienceMs how long servers may take to have a key, or to seal with it
 */
export async function rotateKeys(
  parts: RotationParts,
  underWaySeconds = UNDER_WAY_SECONDS,
  patienceMs = PATIENCE_MS,
): Promise<Rotated> {
  const { sql, now } = parts;
  const keys = parts.keys.map(masterKey);
  const [target] = keys as [MasterKey];
  const found = (await findKeyState(sql)) as KeyState;
  const before = toRing(found, keys);
  const { key_id } = target;
  const moved = found.key_id !== key_id;
  const servers = (so: (holder: Holder) => boolean) => everyServer(sql, so, key_id, patienceMs);
  await servers(({ key_ids }) => key_ids.includes(key_id));
  if (moved)
    await sql.begin(async (tx) => {
      if (!(await moveKey(tx, found, { key_id, lookup_sealed: sealLookup(target, before.lookup) })))
        throw new StartError('another run has changed the key meanwhile: run it again');
      await logRotation(tx, now, key_id);
    });
  const ring: KeyRing = { ...before, sealing: target };
  const work = { ...parts, key_id, vault: createRingVault(() => ring) };
  let resealed = 0;
  const walk = async () => {
    const done = await resealAll(work, resealed);
    resealed += done.resealed;
    return done.unopened;
  };
  await walk();
  // What servers sealed before they learnt of the new key comes in up to now.
  await servers((each) => each.sealing === key_id && each.sealing_seconds > underWaySeconds);
  let unopened = await walk();
  while ((await countAll(work)) > unopened.length) {
    await sleep(100);
    unopened = await walk();
  }
  if (unopened.length === 0 && !(await forgetEarlierKeys(sql, key_id)))
    throw new StartError('another run has changed the key meanwhile: run it again');
  return { key_id, moved, resealed, unopened };
}

/** Waits until something is so of every server that runs. Throws StartError when it is not in time. */
async function everyServer(
  sql: Sql,
  so: (holder: Holder) => boolean,
  key_id: string,
  patienceMs: number,
): Promise<void> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const holders = await findHolders(sql, GONE_SECONDS);
    const late = holders.filter((each) => !so(each)).length;
    if (late === 0) return;
    if (Date.now() > end)
      throw new StartError(
        `${late} of ${holders.length} servers that run on this database have not taken master key ${key_id}: give it to each of them, with the earlier one in PIAOQUAN_PREVIOUS_MASTER_KEYS, start them anew one after the other, and run this again`,
      );
    await sleep(100);
  }
}

type Work = RotationParts & { readonly key_id: string; readonly vault: Vault };

async function resealAll(work: Work, before: number): Promise<{ resealed: number; unopened: string[] }> {
  let resealed = 0;
  const unopened: string[] = [];
  for (const column of work.columns) {
    let after: readonly string[] | undefined;
    do {
      const page = await resealPage(work, column, after);
      resealed += page.resealed;
      unopened.push(...page.unopened);
      after = page.last;
      work.onProgress?.(before + resealed);
    } while (after !== undefined);
  }
  return { resealed, unopened };
}

/** Seals a page anew, in a transaction of its own. `last` is undefined behind the last page. */
function resealPage({ sql, key_id, vault }: Work, column: SealedColumn, after: readonly string[] | undefined) {
  return sql.begin(async (tx) => {
    const rows = await holdEarlier(tx, column, key_id, after, PAGE);
    const texts = rows.map((row) => ({ key: row.key, sealed: sealAnew(vault, column, row) }));
    const opened = texts.filter(
      (each): each is { key: readonly string[]; sealed: Buffer } => each.sealed !== undefined,
    );
    await writeSealed(tx, column, opened);
    const unopened = texts
      .filter(({ sealed }) => sealed === undefined)
      .map(({ key }) => `${column.table}.${column.column} ${key.join('/')}`);
    return { resealed: opened.length, unopened, last: rows.length < PAGE ? undefined : rows.at(-1)?.key };
  });
}

/** A text sealed under the key that seals now; undefined when it does not open. */
function sealAnew(vault: Vault, { place }: SealedColumn, { row, sealed }: SealedRow): Buffer | undefined {
  try {
    return vault.seal(place, row, vault.open(place, row, sealed));
  } catch (error) {
    if (error instanceof SealError) return undefined;
    throw error;
  }
}

/** How many texts are not sealed under the key, of all columns. */
async function countAll({ sql, columns, key_id }: Work): Promise<number> {
  return sql.begin(async (tx) => {
    let count = 0;
    for (const column of columns) count += await countEarlier(tx, column, key_id);
    return count;
  });
}
