import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/database.ts';
import { createVault } from '../../database/vault.ts';
import { demoTokens, loadTicketingDemo } from './demo.ts';
import { ticketingHandlers } from './handlers.ts';

let database: TestDatabase;
const vault = createVault(Buffer.alloc(32, 7));
const now = new Date('2026-03-01T12:00:00+08:00');
beforeAll(async () => {
  database = await createTestDatabase();
  await loadTicketingDemo({ sql: database.sql, vault }, now);
});
afterAll(() => database.drop());
test('x', async () => {
  const h = ticketingHandlers({ sql: database.sql, vault });
  const ask = (project_id: string, lang_type = 1) =>
    h['alibaba.damai.maizuo.openapi.project.detail'](
      { project_param: { ...demoTokens, project_id, lang_type } },
      { app_key: '', now, request_id: '', host: '' },
    );
  console.log(JSON.stringify(await ask('32321311'), null, 1));
  console.log(JSON.stringify(await ask('90000001', 2), null, 1));
});
