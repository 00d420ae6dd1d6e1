import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRingVault, createVault, keyIdOf, masterKey, type RowKey } from './vault.ts';

const bytes = randomBytes(32);
const vault = createVault(bytes);

const part = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.maxSafeInteger(),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array(),
);
const rows: fc.Arbitrary<RowKey> = fc.array(part, { maxLength: 4 });

test('what is sealed opens in its row and column, and shows nothing of itself', () => {
  fc.assert(
    fc.property(fc.string(), rows, fc.string({ unit: 'binary' }), (column, row, text) => {
      const sealed = vault.seal(column, row, text);
      expect(vault.open(column, row, sealed)).toBe(text);
      expect(keyIdOf(sealed)).toBe(masterKey(bytes).key_id);
      if (Buffer.byteLength(text) > 3) expect(sealed.includes(text)).toBe(false);
    }),
    { numRuns: 200 },
  );
});

test('a sealed text opens in no other row or column, nor with a bit changed, and the error tells nothing of it', () => {
  const SECRET = 'the secret text';
  const sealed = vault.seal('table.column', ['a', 1], SECRET);
  const others: [string, RowKey][] = [
    ['table.other', ['a', 1]],
    ['table.column', ['a', 2]],
    ['table.column', ['a']],
    ['table.column', ['a', 1, '']],
    ['table.column', ['a,1']],
    ['table.column', []],
  ];
  for (const [column, row] of others)
    expect(() => vault.open(column, row, sealed)).toThrow(/^table\.\w+ does not open: it was changed, or copied/);
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const changed = Buffer.from(sealed);
    changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
    expect(() => vault.open('table.column', ['a', 1], changed), `bit ${bit}`).toThrow(/^table\.column /);
  }
  for (let length = 0; length < sealed.length; length++)
    expect(() => vault.open('table.column', ['a', 1], sealed.subarray(0, length))).toThrow(/^(?!.*secret)/);
});

test('different rows are never bound alike, whatever their parts hold', () => {
  fc.assert(
    fc.property(rows, rows, (one, two) => {
      const texts = (row: RowKey) =>
        JSON.stringify(
          row.map((each) => (each instanceof Uint8Array ? Buffer.from(each).toString('hex') : each)).map(String),
        );
      const sealed = vault.seal('c', one, 'text');
      const open = () => vault.open('c', two, sealed);
      if (texts(one) === texts(two)) return;
      if (one.some((each) => each instanceof Date) || two.some((each) => each instanceof Date)) return;
      expect(open).toThrow();
    }),
    { numRuns: 300 },
  );
});

test('a number is bound as its digits are, bytes as their hex and an instant as its milliseconds', () => {
  const at = new Date('2026-03-01T00:00:00.123Z');
  const sealed = vault.seal('c', [7, Buffer.from('ab', 'hex'), at], 'text');
  expect(vault.open('c', ['7', 'ab', new Date(at.getTime())], sealed)).toBe('text');
});

test('a key that was not given is named; of several given ones each text is opened with its own', () => {
  const [old, fresh] = [masterKey(bytes), masterKey(randomBytes(32))];
  const sealed = vault.seal('c', ['row'], 'text');
  const alone = createVault(fresh.bytes);
  expect(() => alone.open('c', ['row'], sealed)).toThrow(`c is sealed under key ${old.key_id}, which was not given`);
  const both = createRingVault(() => ({ lookup: bytes, sealing: fresh, keys: [fresh, old] }));
  expect(both.open('c', ['row'], sealed)).toBe('text');
  expect(alone.open('c', ['row'], both.seal('c', ['row'], 'newer'))).toBe('newer');
  expect(both.hash('purpose', 'text')).toEqual(vault.hash('purpose', 'text'));
  expect(alone.hash('purpose', 'text')).not.toEqual(vault.hash('purpose', 'text'));
});

test('an id of a key tells nothing of it but which it is', () => {
  expect(masterKey(bytes).key_id).toMatch(/^[0-9a-f]{8}$/);
  expect(bytes.toString('hex')).not.toContain(masterKey(bytes).key_id);
  expect(() => masterKey(randomBytes(16))).toThrow('32 bytes');
});

test('no two sealed texts share a nonce', () => {
  const nonces = Array.from({ length: 2000 }, () => vault.seal('c', [], '').subarray(5, 17).toString('hex'));
  expect(new Set(nonces).size).toBe(2000);
});
