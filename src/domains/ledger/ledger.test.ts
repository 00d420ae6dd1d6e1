import { afterAll, beforeAll, expect, test } from 'vitest';
import { contextAt } from '../../../test/harness/context.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/database.ts';
import { connectReadOnly } from '../../../test/harness/read-only.ts';
import { COUNTERS } from '../../contract/ledger/admin.ts';
import { audit } from '../../database/audit.ts';
import type { Sql } from '../../database/pool.ts';
import { createVault } from '../../secrets/vault.ts';
import { loadBenefitsDemo } from '../benefits/demo.ts';
import { benefitLedgers } from '../benefits/reads/queries.ts';
import { loadLotteryDemo } from '../lottery/demo.ts';
import { lotteryLedgers } from '../lottery/reads/queries.ts';
import { loadSendplansDemo } from '../sendplans/demo.ts';
import { sendplanLedgers } from '../sendplans/reads/queries.ts';
import { loadTicketingDemo } from '../ticketing/demo.ts';
import { ticketingLedgers } from '../ticketing/reads/queries.ts';
import { loadVouchersDemo } from '../vouchers/demo.ts';
import { voucherLedgers } from '../vouchers/reads/queries.ts';
import { ledgerHandlers } from './handlers.ts';

const NOW = new Date('2026-03-01T10:20:30+08:00');
const vault = createVault(Buffer.alloc(32, 6));

let database: TestDatabase;
let reader: Sql;
let list: ReturnType<typeof ledgerHandlers>['piaoquan.ledger.list'];
beforeAll(async () => {
  database = await createTestDatabase();
  const { sql } = database;
  await loadLotteryDemo({ sql }, NOW);
  await loadVouchersDemo({ sql, vault }, NOW);
  await loadTicketingDemo({ sql, vault }, NOW);
  await loadSendplansDemo({ sql, vault }, NOW);
  await loadBenefitsDemo({ sql }, NOW);
  reader = await connectReadOnly(sql);
  const ledgers = {
    ...{ ...lotteryLedgers, ...voucherLedgers, ...ticketingLedgers },
    ...{ ...sendplanLedgers, ...benefitLedgers },
  };
  list = ledgerHandlers({ sql: reader, ledgers })['piaoquan.ledger.list'];
});
afterAll(async () => {
  await reader.end();
  await database.drop();
});

/** Counters that are no stock but the number of their rows: what would be listed is the rows themselves. */
const NUMBERS = [
  ...['benefit_template.relate_activity_num', 'sendplan_vip.charge_count', 'voucher_batch.consume_sequence'],
  ...['ticketing_project_count.order_count', 'ticketing_project_count.ticket_count'],
];

/** Every counter that the audit knows and whose ledger is shown, with its keys and what it shows. */
async function audited(): Promise<{ counter: string; key: string; counted: number }[]> {
  expect((await audit(reader)).differences).toEqual([]);
  const rows = await reader<{ counter: string; key: string; counted: number }[]>`
    select distinct split_part(counter, ' ', 1) as counter, key, counted from (
      select * from audit_lottery union all select * from audit_vouchers union all select * from audit_ticketing
      union all select * from audit_sendplans union all select * from audit_benefits) every
    where counter not like '%=%'`;
  return rows.filter(({ counter }) => !NUMBERS.includes(counter));
}

test('the entries of every counter that the audit proves add up to it, read page by page', async () => {
  const rows = await audited();
  expect(new Set(rows.map(({ counter }) => counter))).toEqual(new Set(Object.keys(COUNTERS)));
  for (const { counter, key, counted } of rows) {
    let sum = 0;
    for (let cursor: string | null | undefined, isFirst = true; isFirst || cursor; isFirst = false) {
      const page = await list({ counter, key, cursor, page_size: 2 }, contextAt(NOW));
      expect(page.counted).toBe(counted);
      sum = page.entries.reduce((all, { delta }) => all + delta, sum);
      cursor = page.next_cursor;
    }
    expect(sum, `${counter} ${key}`).toBe(counted);
  }
});

test('a counter that is not there and a cursor that is none are refused', async () => {
  const asked = { counter: 'lottery.win_times', key: 'nowhere/1' };
  await expect(list(asked, contextAt(NOW))).rejects.toMatchObject({ body: { sub_code: 'isv.counter-not-found' } });
  for (const cursor of ['x', Buffer.from('[1,"taken",0]').toString('base64url')])
    await expect(list({ ...asked, cursor }, contextAt(NOW))).rejects.toMatchObject({ body: { code: 41 } });
});
