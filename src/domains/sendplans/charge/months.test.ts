import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/harness/database.ts';
import { charge } from './queries.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  for (const perform_type of [1, 2, 3]) await saveBiz(`biz ${perform_type}`, perform_type);
});
afterAll(async () => {
  expect(await database.sql`select * from audit_sendplans where counted <> ledger`).toEqual([]);
  await database.drop();
});

const saveBiz = (biz_code: string, perform_type: number) => database.sql`
  insert into sendplan_biz (biz_code, source, perform_type, auto_renew, status, secret_sealed, private_key_sealed, public_key)
  values (${biz_code}, 'source', ${perform_type}, true, 1, '', '', '')
  on conflict (biz_code) do update set perform_type = excluded.perform_type`;

const gmt8 = (text: string): Date => new Date(`${text.replace(' ', 'T')}+08:00`);
const shown = (instant: Date): string =>
  new Date(instant.getTime() + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');

let members = 0;
let orders = 0;
/** A member whom nobody charged before, as a keyed hash in hex. */
const member = (): string => String(++members).padStart(64, '0');
const command = (member_hash: string, at: string) => ({
  at: gmt8(at).getTime(),
  order_no: `order number ${String(++orders).padStart(9, '0')}`,
  member_hash,
  member_sealed: '',
});

/** Charges a member at each of these instants, in batches of so many, and gives when each period begins and the last ends. */
async function chargeAt(
  biz_code: string,
  instants: readonly string[],
  batch: number,
  who = member(),
): Promise<string[]> {
  const commands = instants.map((at) => command(who, at));
  for (let from = 0; from < commands.length; from += batch)
    await charge(database.sql, biz_code, commands.slice(from, from + batch));
  const rows = await database.sql<{ start_time: Date; end_time: Date }[]>`
    select start_time, end_time from sendplan_charge where member_hash = decode(${who}, 'hex') order by start_time`;
  for (const [index, row] of rows.slice(1).entries()) expect(row.start_time >= rows[index]!.end_time).toBe(true);
  const [vip] = await database.sql<{ end_time: Date }[]>`
    select end_time from sendplan_vip where member_hash = decode(${who}, 'hex') and biz_code = ${biz_code}`;
  expect(vip?.end_time).toEqual(rows.at(-1)?.end_time);
  return [...rows.map(({ start_time }) => start_time), rows.at(-1)?.end_time as Date].map((each) => shown(each));
}

const on = (day: string, times: number): string[] => Array(times).fill(`${day} 10:20:30`);
const at = (...days: string[]): string[] => days.map((day) => `${day} 10:20:30`);

test.each<[string, string, string[], string[]]>([
  ['two months on 31 January', 'biz 1', on('2026-01-31', 2), at('2026-01-31', '2026-02-28', '2026-03-31')],
  [
    'three months on 30 January of a leap year',
    'biz 1',
    on('2028-01-30', 3),
    at('2028-01-30', '2028-02-29', '2028-03-30', '2028-04-30'),
  ],
  [
    'a month and its renewals',
    'biz 1',
    at('2026-01-31', '2026-02-27', '2026-03-30'),
    at('2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30'),
  ],
  [
    'renewals at the very end',
    'biz 1',
    at('2026-01-31', '2026-02-28', '2026-03-31'),
    at('2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30'),
  ],
  ['quarters on 30 November', 'biz 2', on('2026-11-30', 3), at('2026-11-30', '2027-02-28', '2027-05-30', '2027-08-30')],
  [
    'years on 29 February',
    'biz 3',
    on('2028-02-29', 4),
    at('2028-02-29', '2029-02-28', '2030-02-28', '2031-02-28', '2032-02-29'),
  ],
  ['a charge after the end', 'biz 1', at('2026-01-31', '2026-03-05'), at('2026-01-31', '2026-03-05', '2026-04-05')],
  [
    'a day of the month that is another one in UTC',
    'biz 1',
    Array(2).fill('2026-01-31 00:30:00'),
    ['2026-01-31 00:30:00', '2026-02-28 00:30:00', '2026-03-31 00:30:00'],
  ],
])(
  '%s: each period is counted from the first day, charged one by one or at once',
  async (_what, biz, charges, periods) => {
    // Calls that wait together are of one instant.
    const batches = new Set(charges).size === 1 ? [1, 2, charges.length] : [1];
    for (const batch of batches) expect(await chargeAt(biz, charges, batch)).toEqual(periods);
  },
);

test('a business code that sells quarters from now on goes on from the same first day', async () => {
  const who = member();
  await saveBiz('biz changed', 1);
  await chargeAt('biz changed', on('2026-01-31', 1), 1, who);
  await saveBiz('biz changed', 2);
  expect(await chargeAt('biz changed', on('2026-02-10', 1), 1, who)).toEqual(
    at('2026-01-31', '2026-02-28', '2026-05-31'),
  );
});

test('whatever the first day and however often it is charged, the end is the first day so many months later', async () => {
  const day = fc.record({
    year: fc.integer({ min: 2020, max: 2032 }),
    month: fc.nat(11),
    date: fc.integer({ min: 1, max: 31 }),
  });
  await fc.assert(
    fc.asyncProperty(
      day,
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 5 }),
      async ({ year, month, date }, times, batch) => {
        const lengthOf = (months: number) => new Date(Date.UTC(year, months + 1, 0)).getUTCDate();
        const first = Math.min(date, lengthOf(month));
        const text = (months: number) =>
          shown(new Date(Date.UTC(year, months, Math.min(first, lengthOf(months)), 2, 20, 30)));
        const periods = await chargeAt('biz 1', Array(times).fill(text(month)), batch);
        expect(periods).toEqual(Array.from({ length: times + 1 }, (_, index) => text(month + index)));
      },
    ),
    { numRuns: 60 },
  );
});
