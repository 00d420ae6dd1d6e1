import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPasted, shellWords } from '../src/cli/parameters.ts';
import { signedParameters } from '../src/sdk/request.ts';
import { encodeForm } from '../src/wire/form.ts';
import { piaoquanHere } from './harness/run.ts';

const demo = { app_key: '12345678', secret: 'helloworld', session: '6100000demo' };
const method = 'taobao.film.fcode.export.query';
const business = { mix_id: "it's 中文", partner_code: 'a+b&c', params: { page_size: 1 } };
const parameters = signedParameters(demo, method, business, new Date('2026-01-02T03:04:05+08:00'));
const query = encodeForm(parameters).replaceAll("'", '%27');
const url = `http://127.0.0.1:7001/router/rest?${query}`;

/** The same call in every way that people paste it. */
const pasted: Record<string, string[]> = {
  URL: [url],
  'query string': [query],
  'query string with blanks': [query.replaceAll('%20', ' ').replaceAll('%3A', ':')],
  JSON: [JSON.stringify(Object.fromEntries(parameters))],
  'name=value pairs': [...parameters].map(([name, value]) => `${name}=${value}`),
  'curl of a GET': [`curl -s '${url}' -H 'accept: */*'`],
  'curl of a form': [
    `curl 'http://h/router/rest' \\\n  -H 'content-type: application/x-www-form-urlencoded' \\\n  --data-raw '${query}'`,
  ],
  'curl of pairs': [
    `curl -X POST http://h/router/rest ${[...parameters].map(([name, value]) => `--data-urlencode "${name}=${value.replace(/["\\$`]/g, '\\$&')}"`).join(' ')}`,
  ],
  'curl of a multipart': [
    `curl ${[...parameters].map(([name, value]) => `-F $'${name}=${value.replace(/['\\]/g, '\\$&')}'`).join(' ')} -F file=@a.png http://h/`,
  ],
  'curl split by the shell': ['curl', url],
};

test.each(Object.entries(pasted))('sign --explain reads a %s and finds its signature right', async (_, words) => {
  expect(readPasted(words)).toEqual({ parameters, body: '' });
  const { code, stdout } = await piaoquanHere(['sign', '--explain', '--', ...words]);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/\n\nThe signature is right\.\n$/)]);
});

test('sign --explain reads standard input, shows text and digests, and tells what is wrong in the language asked for', async () => {
  const input = `${url.replace(/sign=([0-9A-F]+)/, (_, digits: string) => `sign=${digits.toLowerCase()}`)}\n`;
  const { code, stdout } = await piaoquanHere(['sign', '--explain', '--lang', 'en'], {}, { input });
  expect(code).toBe(3);
  expect(stdout).toContain(`text        app_key12345678formatjsonmethod${method}`);
  expect(stdout).toContain(`hmac-sha256 ${parameters.get('sign')}`);
  expect(stdout).toContain('- sign is in small letters.');
  const chinese = await piaoquanHere(['sign', '--explain', '--json'], { LANG: 'zh_CN.UTF-8' }, { input });
  expect(JSON.parse(chinese.stdout)).toMatchObject({
    expected: { 'hmac-sha256': parameters.get('sign') },
    findings: [{ id: 'lower-case', message: expect.stringContaining('小写') }],
  });
  const other = await piaoquanHere(['sign', '--explain', url, '--secret', 'another']);
  expect([other.code, other.stdout]).toEqual([3, expect.stringContaining('Is the secret that of this app_key')]);
});

test('sign covers the raw body of a batch', async () => {
  const body = '#PUBLIC#method=taobao.time.get\r\n-S-\r\nN';
  const curl = `curl 'http://h/router/batch?app_key=1&v=2.0' --data-binary $'#PUBLIC#method=taobao.time.get\\r\\n-S-\\r\\nN'`;
  expect(readPasted([curl]).body).toBe(body);
  const { stdout } = await piaoquanHere(['sign', curl, '--json']);
  expect(JSON.parse(stdout).text).toBe(`app_key1sign_methodhmac-sha256v2.0${body}`);
});

test('any words that a shell would quote are split as they were', () => {
  const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
  const words = fc.array(fc.string({ unit: fc.constantFrom('a', ' ', "'", '"', '\\', '$', '\n', '&', '中') }));
  fc.assert(
    fc.property(words, (all) => {
      expect(shellWords(all.map(quote).join(' '))).toEqual(all);
    }),
  );
  expect(() => shellWords("curl 'http://h")).toThrow('quotes');
});

test('what cannot be read is told in one line, with 64', async () => {
  for (const words of [["curl 'http://h"], ['http://h/?a=%ff'], ['a=1', 'b'], ['   ']]) {
    const { code, stdout, stderr } = await piaoquanHere(['sign', '--explain', ...words]);
    expect([code, stdout, stderr]).toEqual([64, '', expect.stringMatching(/^piaoquan: [^\n]+\n$/)]);
  }
});
