import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/harness/database.ts';
import { connect } from './pool.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

const ODD = ['', 'NULL', 'null', '"', '\\', "'", '{a,b}', 'a b', '券码 🎫', '$1', '\n'];

test('values of every kind come back as they were given, by themselves and in lists', async () => {
  const { sql } = database;
  const at = new Date('2026-03-01T00:00:00.007Z');
  const old = new Date('0099-02-03T04:05:06Z');
  const bytes = Buffer.from([0, 92, 120, 255]);
  const [row] =
    await sql`select ${ODD}::text[] as texts, ${[1, null, -3]}::int8[] as numbers, ${[at, old]}::timestamptz[] as instants,
    ${[bytes, Buffer.alloc(0)]}::bytea[] as bytes, ${[true, false]}::bool[] as truths, ${[[1, 2], [3, 4]]}::int[] as grid,
    ${[{ a: ODD }, { b: null }]}::jsonb[] as objects, ${[]}::text[] as none, ${at} as at, ${bytes} as raw, ${true} as yes,
    ${5n} as big, ${null}::text as nothing, ${1.5}::float8 as half, array['0.10', '2']::numeric[] as exact, array['a']::name[] as names,
    array['2026-03-01']::date[] as days`;
  expect(row).toEqual({
    ...{
      texts: ODD,
      numbers: [1, null, -3],
      instants: [at, old],
      bytes: [bytes, Buffer.alloc(0)],
      truths: [true, false],
    },
    ...{
      grid: [
        [1, 2],
        [3, 4],
      ],
      objects: [{ a: ODD }, { b: null }],
      none: [],
      at,
      raw: bytes,
      yes: true,
      big: 5,
      nothing: null,
    },
    ...{ half: 1.5, exact: ['0.10', '2'], names: ['a'], days: ['2026-03-01'] },
  });
});

test('instants of every year and fraction are read as JSON tells them', async () => {
  const texts = ['0001-01-01', '0099-12-31 23:59:59', '0100-01-01', '1969-12-31 23:59:59.999', '2024-02-29 12:34:56'];
  const more = ['2026-12-31 23:59:59.999999', '9999-12-31 23:59:59', '2026-01-02 03:04:05.1'];
  const [row] = await database.sql<{ read: Date[]; told: string[] }[]>`
    select array_agg(t::timestamptz order by n) as read, jsonb_agg(t::timestamptz order by n) as told
    from unnest(${[...texts, ...more]}::text[]) with ordinality as given (t, n)`;
  expect(row?.read).toEqual(row?.told.map((each) => new Date(each)));
});

test('an object is JSON by itself, and json makes it of a list, a text, a number and null', async () => {
  const { sql } = database;
  const object = { a: ODD, at: new Date(0), deep: { list: [1, { b: '"' }] } };
  const [row] = await sql`select ${object} as object, ${sql.json([1, 'two'])} as list, ${sql.json('text')} as text,
    ${sql.json(3)} as number, ${sql.json(null)} as nothing, jsonb_typeof(${sql.json(null)}) as kind`;
  const plain = JSON.parse(JSON.stringify(object));
  expect(row).toEqual({ object: plain, list: [1, 'two'], text: 'text', number: 3, nothing: null, kind: 'null' });
});

test('an instant is an instant whatever stands around it', async () => {
  const now = new Date('2026-03-01T00:00:00Z');
  const [row] =
    await database.sql`select ${now} - interval '1 day' as before, jsonb_build_object('at', ${now}, 'is', ${true}) as json`;
  expect(row).toEqual({
    before: new Date('2026-02-28T00:00:00Z'),
    json: { at: '2026-03-01T00:00:00+00:00', is: true },
  });
});

test('what is undefined, or has no text, is refused when the statement is awaited, and nothing is sent', async () => {
  const { sql } = database;
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  for (const value of [undefined, [undefined], new Date(Number.NaN), circle, [circle]]) {
    await expect((async () => sql`select ${value}::text`)()).rejects.toBeInstanceOf(Error);
    await expect(sql.begin(async (tx) => tx`select ${value}::text`)).rejects.toBeInstanceOf(Error);
  }
  await expect(sql`insert into nowhere ${sql({ a: 1, b: undefined })}`.then()).rejects.toThrow('undefined');
});

test('parts nest, rows are inserted and set, names are quoted', async () => {
  const { sql } = database;
  await sql`create table "odd "" table" (n integer primary key, "A b" text, at timestamptz, tags text[], doc jsonb)`;
  const table = sql('odd " table');
  const rows = [1, 2, 3].map((n) => ({ n, 'A b': `row ${n}`, at: new Date(n), tags: ['x', `${n}`], doc: { n } }));
  expect((await sql`insert into ${table} ${sql(rows)}`).count).toBe(3);
  await sql`insert into ${table} ${sql({ n: 4, 'A b': 'not this', doc: sql.json([4]) }, 'n', 'doc')}`;
  expect((await sql`update ${table} set ${sql({ 'A b': null, tags: [] })} where n = ${2}`).count).toBe(1);
  const above = (n: number | undefined) => (n === undefined ? sql`` : sql`and n > ${n}`);
  const find = (n?: number) => sql`select ${sql(['n', 'A b'])}, doc from ${table} where ${true} ${above(n)} order by n`;
  const [one, two, three, four] = [
    { n: 1, 'A b': 'row 1', doc: { n: 1 } },
    { n: 2, 'A b': null, doc: { n: 2 } },
    { n: 3, 'A b': 'row 3', doc: { n: 3 } },
    { n: 4, 'A b': null, doc: [4] },
  ];
  expect(await find()).toEqual([one, two, three, four]);
  expect(await find(2)).toEqual([three, four]);
});

test('a statement is sent once however often it is awaited, and not at all as a part', async () => {
  const { sql } = database;
  await sql`create sequence tick`;
  const next = sql`select nextval('tick') as n`;
  expect([await next, await next]).toEqual([[{ n: 1 }], [{ n: 1 }]]);
  const part = sql`nextval('tick') as n`;
  expect(await sql`select ${part}`).toEqual([{ n: 2 }]);
});

test('plans are kept by name, and a statement in ever new forms does not fill the server with them', async () => {
  const sql = connect(database.target, { max: 1 });
  const many = (
    n: number,
  ) => sql`select ${sql`${Array.from({ length: n }, (_, k) => k).join(' + ')}`}::text, ${sql(`c${n}`)} from
    (select 1 as ${sql(`c${n}`)}) s`;
  for (let n = 1; n <= 60; n++) await many(n);
  for (let n = 1; n <= 10; n++) await sql`select ${n}::int, ${n % 2 ? new Date() : null}::timestamptz`;
  const [kept] = await sql`select count(*)::int as n from pg_prepared_statements`;
  expect(kept?.n).toBe(16 + 2 + 1);
  await sql.end();
});
