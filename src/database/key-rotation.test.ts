import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/harness/database.ts';
import { sealedColumns } from '../handlers.ts';
import { APP_SECRET } from '../secrets/sealed.ts';
import { keyIdOf, masterKey, type Vault } from '../secrets/vault.ts';
import { rotateKeys } from './key-rotation.ts';
import { keepKeyring, openKeyring } from './keyring.ts';
import type { Sql } from './pool.ts';

let database: TestDatabase;
let sql: Sql;
let newest = randomBytes(32);
beforeAll(async () => {
  database = await createTestDatabase();
  sql = database.sql;
});
afterAll(() => database.drop());

const NOW = new Date('2026-03-01T10:00:00Z');
const idOf = (key: Uint8Array) => masterKey(key).key_id;
const rotate = (keys: Uint8Array[], columns = sealedColumns) => rotateKeys({ sql, keys, columns, now: NOW }, 0.05);

async function addApp(vault: Vault, app_key: string): Promise<void> {
  await sql`insert into platform_app (app_key, name, callback_urls, created_at) values (${app_key}, 'x', '{}', ${NOW})`;
  await sql`insert into platform_app_secret (app_key, secret, created_at)
    values (${app_key}, ${vault.seal(APP_SECRET, [app_key, NOW], `secret of ${app_key}`)}, ${NOW})`;
}
const secrets = () =>
  sql<{ app_key: string; secret: Buffer; created_at: Date }[]>`select * from platform_app_secret order by app_key`;
async function opened(keys: Uint8Array[]): Promise<boolean> {
  const { vault } = await openKeyring(sql, () => keys);
  const rows = await secrets();
  return rows.every(
    (row) => vault.open(APP_SECRET, [row.app_key, row.created_at], row.secret) === `secret of ${row.app_key}`,
  );
}

test('a wrong key is told as such at the start, by the ids of both', async () => {
  await openKeyring(sql, () => [newest]);
  const other = randomBytes(32);
  await expect(openKeyring(sql, () => [other])).rejects.toThrow(
    `sealed with another master key: with key ${idOf(newest)}, and the one given is ${idOf(other)}`,
  );
});

test('while hundreds of writes go on everything is sealed anew, and opens with the new key alone', async () => {
  const [old, fresh] = [newest, randomBytes(32)];
  const given = { keys: [old] as Uint8Array[] };
  const keyring = await openKeyring(sql, () => given.keys);
  for (let n = 0; n < 250; n++) await addApp(keyring.vault, String(1000 + n));
  const before = keyring.vault.hash('purpose', 'text');
  // This server has the new key while it runs, and goes on under the old one until it learns of the change.
  given.keys = [fresh, old];
  const keeper = keepKeyring(sql, keyring, (error) => expect(error).toBeUndefined(), 20);
  let writing = true;
  const writer = (async () => {
    for (let n = 0; n < 200 || writing; n++) await addApp(keyring.vault, String(2000 + n));
  })();
  const rotated = await rotate([fresh, old]);
  writing = false;
  await writer;
  await keeper.close();
  expect(rotated).toMatchObject({ key_id: idOf(fresh), moved: true, unopened: [] });
  expect(rotated.resealed).toBeGreaterThanOrEqual(250);
  expect(await opened([fresh])).toBe(true);
  expect(new Set((await secrets()).map(({ secret }) => keyIdOf(secret)))).toEqual(new Set([idOf(fresh)]));
  expect((await openKeyring(sql, () => [fresh])).vault.hash('purpose', 'text')).toEqual(before);
  await expect(openKeyring(sql, () => [old])).rejects.toThrow(idOf(fresh));
  const entries = await sql`select actor, thing_key from change_log where thing = 'platform_vault'`;
  expect(entries).toEqual([{ actor: 'system', thing_key: idOf(fresh) }]);
  newest = fresh;
}, 60_000);

test('a change that was broken off leaves both keys needed, and is brought to its end by doing it again', async () => {
  const [old, fresh] = [newest, randomBytes(32)];
  const broken = rotateKeys({
    ...{ sql, keys: [fresh, old], columns: sealedColumns, now: NOW },
    onProgress() {
      throw new Error('killed');
    },
  });
  await expect(broken).rejects.toThrow('killed');
  const ids = new Set((await secrets()).map(({ secret }) => keyIdOf(secret)));
  expect(ids).toEqual(new Set([idOf(old), idOf(fresh)]));
  await expect(openKeyring(sql, () => [fresh])).rejects.toThrow(`still sealed with master key ${idOf(old)}`);
  expect(await opened([fresh, old])).toBe(true);
  expect(await rotate([fresh, old])).toMatchObject({ moved: false, unopened: [] });
  expect(await opened([fresh])).toBe(true);
  expect(await rotate([fresh])).toEqual({ key_id: idOf(fresh), moved: false, resealed: 0, unopened: [] });
  newest = fresh;
});

test('secrets that changed rows do not open and are named; as long as there are any, no key is given up', async () => {
  const [old, fresh] = [newest, randomBytes(32)];
  const [one, two] = await secrets();
  const swap = async (first: Buffer, second: Buffer) => {
    await sql`update platform_app_secret set secret = ${first} where app_key = ${one?.app_key as string}`;
    await sql`update platform_app_secret set secret = ${second} where app_key = ${two?.app_key as string}`;
  };
  await swap(two?.secret as Buffer, one?.secret as Buffer);
  await expect(opened([old])).rejects.toThrow(`${APP_SECRET} does not open`);
  const { unopened } = await rotate([fresh, old]);
  expect(unopened.map((each) => each.split('/')[0])).toEqual([`${APP_SECRET} 1000`, `${APP_SECRET} 1001`]);
  await expect(openKeyring(sql, () => [fresh])).rejects.toThrow(`still sealed with master key ${idOf(old)}`);
  await swap(one?.secret as Buffer, two?.secret as Buffer);
  expect(await rotate([fresh, old])).toMatchObject({ resealed: 2, unopened: [] });
  expect(await opened([fresh])).toBe(true);
  newest = fresh;
});

test('a server that runs without the new key stops a change before it begins', async () => {
  const [old, fresh] = [newest, randomBytes(32)];
  const keeper = keepKeyring(sql, await openKeyring(sql, () => [old]), () => undefined, 20);
  await sql`select pg_sleep(0.1)`;
  const parts = { sql, keys: [fresh, old], columns: sealedColumns, now: NOW };
  await expect(rotateKeys(parts, 0.05, 100)).rejects.toThrow(
    `1 of 1 servers that run on this database have not taken master key ${idOf(fresh)}`,
  );
  await keeper.close();
  expect(await opened([old])).toBe(true);
});

test('every column of the database that holds sealed texts is among those that are sealed anew', async () => {
  const columns = await sql<{ name: string }[]>`
    select c.relname || '.' || a.attname as name from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and a.atttypid = 'bytea'::regtype
      and a.attname ~ 'seal|secret' order by name`;
  const known = [...sealedColumns.map(({ table, column }) => `${table}.${column}`), 'platform_vault.lookup_sealed'];
  expect(columns.map(({ name }) => name)).toEqual(known.sort());
});
