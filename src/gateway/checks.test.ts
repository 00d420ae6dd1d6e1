import { expect, test } from 'vitest';
import { TopError } from '../contract/errors.ts';
import { sign, signLegacy } from '../wire/sign.ts';
import { formatInstant } from '../wire/time.ts';
import type { App } from './apps.ts';
import { checkPublicParameters, formatOf, signatureRefusal, TIMESTAMP_TOLERANCE_MS } from './checks.ts';
import { openSignatureExplainer } from './explain-signature.ts';

const now = new Date('2026-01-02T03:04:05.678+08:00');
const right = { app_key: '12345678', timestamp: formatInstant(now), v: '2.0', sign: 'X' };

function refusal(parameters: Record<string, string>, at = now): number | undefined {
  try {
    checkPublicParameters(new Map(Object.entries({ ...right, ...parameters })), at);
    return undefined;
  } catch (error) {
    if (error instanceof TopError) return error.body.code;
    throw error;
  }
}

test('a timestamp exactly ten minutes off is taken, one a millisecond further is refused, on either side', () => {
  for (const side of [-1, 1])
    for (const [over, code] of [
      [0, undefined],
      [1, 31],
    ] as const) {
      const timestamp = String(now.getTime() + side * (TIMESTAMP_TOLERANCE_MS + over));
      expect(refusal({ timestamp }), `${side} ${over}`).toBe(code);
      const atSecond = new Date(now.getTime() - 678 + side * (TIMESTAMP_TOLERANCE_MS + over));
      expect(refusal({ timestamp: right.timestamp }, atSecond), `${side} ${over} of the text`).toBe(code);
    }
});

test('the answer is XML unless JSON is asked for by its name', () => {
  const format = (parameters: Record<string, string>) => formatOf(new Map(Object.entries(parameters)));
  expect([format({}), format({ format: '' }), format({ format: 'xml' }), format({ format: 'yaml' })]).toEqual(
    Array(4).fill('xml'),
  );
  expect(format({ format: 'json' })).toBe('json');
  expect(format({ format: 'json', simplify: 'false' })).toBe('json');
  expect(format({ format: 'json', simplify: 'true' })).toBe('simplified');
  expect(format({ simplify: 'true' })).toBe('xml');
});

const app = (...secrets: { text: string; expires_at: Date | null }[]) =>
  ({ secrets, sign_methods: [] }) as unknown as App;
const policy = { legacySign: false };
const parameters = new Map([
  ['a', '1'],
  ['sign_method', 'md5'],
]);
const signedWith = (secret: string) => new Map([...parameters, ['sign', sign('md5', secret, parameters)]]);

test('while a secret is being changed both it and its successor sign, and each only until it expires', () => {
  const both = app({ text: 'new', expires_at: null }, { text: 'old', expires_at: new Date(now.getTime() + 1) });
  const later = new Date(now.getTime() + 1);
  expect(signatureRefusal(signedWith('new'), '', both, now, policy)).toBeUndefined();
  expect(signatureRefusal(signedWith('old'), '', both, now, policy)).toBeUndefined();
  expect(signatureRefusal(signedWith('old'), '', both, later, policy)?.body.code).toBe(25);
  expect(signatureRefusal(signedWith('other'), '', both, now, policy)?.body.code).toBe(25);
  expect(signatureRefusal(signedWith('new'), '', app(), now, policy)?.body.code).toBe(25);
});

test('the old form without sign_method is taken only where it is switched on, and then it alone', () => {
  const old = new Map([['a', '1']]);
  const one = app({ text: 's', expires_at: null });
  const sent = (signature: string) => new Map([...old, ['sign', signature]]);
  const on = { ...policy, legacySign: true };
  expect(signatureRefusal(sent(signLegacy('s', old)), '', one, now, policy)?.body.code).toBe(25);
  expect(signatureRefusal(sent(signLegacy('s', old)), '', one, now, on)).toBeUndefined();
  expect(signatureRefusal(sent(signLegacy('s', old, 'body')), 'body', one, now, on)).toBeUndefined();
  expect(signatureRefusal(sent(sign('md5', 's', old)), '', one, now, on)?.body.code).toBe(25);
});

test('a refusal shows the text that was signed only where that is wanted, and never the secret', () => {
  const one = app({ text: 'hidden', expires_at: null });
  expect(signatureRefusal(signedWith('x'), 'body', one, now, policy)?.body.code).toBe(25);
  const refused = { parameters: signedWith('x'), body: 'body' };
  const production = openSignatureExplainer(false)(refused, one, now).body;
  expect(production).toMatchObject({ code: 25, msg: 'Invalid signature' });
  expect(production.sub_msg).not.toContain('a1sign_method');
  const explained = openSignatureExplainer(true)(refused, one, now).body.sub_msg;
  expect(explained).toContain('a1sign_methodmd5body');
  expect(explained).not.toContain('hidden');
});
