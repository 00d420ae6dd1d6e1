import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plainText } from '../../../test/harness/arbitrary.ts';
import { type Bench, openBench, runnable } from '../../../test/harness/samples.ts';
import { decodeForm } from '../../wire/form.ts';
import { sign } from '../../wire/sign.ts';
import { parseTimestamp } from '../../wire/time.ts';
import { type SampleCall, type SampleId, sampleLanguages, sampleOf } from './index.ts';
import { csharpLiteral, javaLiteral } from './text.ts';

const secret = `a"b'c$d\\e \`f\`!`;
const single = [
  '',
  ' ',
  "'",
  '"',
  '\\',
  '\\n',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: what other languages would take for a variable
  '$HOME ${a} $(date)',
  '`date`',
  '%41 %',
  'a\nb\n',
  '\r\n',
  '\t',
  '测试😀',
  '?>',
  '\u2028\u0085\ufeff',
  '@file',
  '-x',
  'a=b&c=d+e',
  '{"a":"\\"\\n"}',
  '#{x}',
  "'''",
];
const nasty = single.flatMap((text) => [text, `${text}\n${text}`]);

/** What the server below received last. */
let received = new Map<string, string>();
const echo = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (part) => {
    body += part;
  });
  request.on('end', () => {
    received = decodeForm(body);
    response.end('{"request_id":"id","词":"值"}');
  });
});
let bench: Bench;
let url: string;
beforeAll(async () => {
  bench = openBench();
  await new Promise<void>((done) => echo.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(echo.address() as AddressInfo).port}/router/rest`;
});
afterAll(() => {
  echo.close();
  bench.close();
});

const callOf = (values: readonly string[], more: Partial<SampleCall> = {}): SampleCall => ({
  url,
  app_key: '12345678',
  secret,
  method: 'test.call',
  parameters: Object.fromEntries(values.map((value, index) => [`p${index}`, value])),
  ...more,
});

async function sentBy(id: SampleId, call: SampleCall): Promise<Map<string, string>> {
  const [printed] = await bench.run(id, [bench.save(id, sampleOf(id, call))]);
  expect(printed).toBe('{"request_id":"id","词":"值"}');
  return received;
}

/** Fails unless a timestamp is that of now, give or take what the platform allows (TOP protocol 2). */
function expectNow(timestamp = ''): void {
  const away = Math.abs((parseTimestamp(timestamp)?.getTime() ?? 0) - Date.now());
  expect(away).toBeLessThan(10 * 60_000);
}

const scripts: readonly SampleId[] = ['node', 'python', 'php', 'curl'];

test.each(await runnable(scripts))(
  '%s carries any text as it is, signs it rightly and gives the time in GMT+8 whatever its zone',
  async (id) => {
    await fc.assert(
      fc.asyncProperty(fc.array(plainText(200), { minLength: 30, maxLength: 40 }), async (values) => {
        const call = callOf([...nasty, ...values], { session: `s'"$\\` });
        const sent = await sentBy(id, call);
        for (const [name, value] of Object.entries(call.parameters))
          expect([name, sent.get(name)]).toEqual([name, value]);
        expect(sent.get('session')).toBe(call.session);
        expectNow(sent.get('timestamp'));
        expect(sent.get('sign')).toBe(sign('hmac-sha256', secret, sent));
      }),
      { numRuns: 1, endOnFailure: true },
    );
  },
);

test('literals of Java and C# spell any text, on one line, Java in ASCII', () => {
  fc.assert(
    fc.property(fc.oneof(fc.constantFrom(...nasty), plainText(200)), (text) => {
      const [java, csharp] = [javaLiteral(text), csharpLiteral(text)];
      // Both escape as JSON does, and JSON knows no other escape than theirs.
      expect([JSON.parse(java), JSON.parse(csharp)]).toEqual([text, text]);
      expect(java).toMatch(/^[ -~]*$/);
      expect(csharp).not.toMatch(/[\r\n\u0085\u2028\u2029]/);
    }),
  );
});

test('every language has its sample of any call, with all that is sent in it', () => {
  for (const { id } of sampleLanguages) {
    const text = sampleOf(id, callOf(['v1'], { session: 'key-of-session' }));
    for (const part of [url, '12345678', 'key-of-session', 'test.call', 'v1']) expect(text).toContain(part);
    expect(text.endsWith('\n')).toBe(true);
  }
});

test('the SDK sample shows nested values, instants as Date, and big numbers as the text they came in', () => {
  const typed = (more: Partial<SampleCall>) => sampleOf('typescript', callOf([], more));
  expect(typed({ request: { a: { at: new Date('2026-01-02T03:04:05+08:00'), n: [1, 2] } } })).toContain(
    "{ a: { at: new Date('2026-01-02T03:04:05+08:00'), n: [1, 2] } }",
  );
  expect(typed({ parameters: { a: '{"b":[{"c":"x"}],"not-id":1}' } })).toContain(
    "{ a: { b: [{ c: 'x' }], 'not-id': 1 } }",
  );
  expect(typed({ parameters: { a: '{"b":9007199254740993}' } })).toContain(`{ a: '{"b":9007199254740993}' }`);
});
