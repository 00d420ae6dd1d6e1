import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readFunctions, SCHEMA } from '../src/database/schema-files.ts';
import { createTestDatabase, type TestDatabase } from './harness/database.ts';
import { describeSchema } from './harness/schema.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('the schema is the one of test/schema.sql, where every change of it is reviewed', async () => {
  const path = join(import.meta.dirname, 'schema.sql');
  const schema = await describeSchema(database.sql);
  if (schema !== readFileSync(path, 'utf8'))
    console.error('test/schema.sql is made anew by: npx vitest run test/schema.test.ts --update');
  await expect(schema).toMatchFileSnapshot(path);
});

test('every function is valid in the schema as it stands, and has the name of its file', async () => {
  const functions = await readFunctions(SCHEMA.functions);
  const rolledBack = new Error('rolled back');
  const made = database.sql.begin(async (tx) => {
    for (const { name, text } of functions)
      await tx.unsafe(text).catch((error) => {
        throw new Error(`${name}: ${error.message}`);
      });
    throw rolledBack;
  });
  await expect(made).rejects.toBe(rolledBack);
  const rows = await database.sql<{ name: string }[]>`
    select proname as name from pg_proc where pronamespace = 'public'::regnamespace`;
  expect(rows.map(({ name }) => name).sort()).toEqual(functions.map(({ name }) => name).sort());
});
