import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalogue } from '../src/contract/catalogue.ts';
import { type ErrorEntry, platformErrors } from '../src/contract/error-table.ts';
import type { Contract } from '../src/contract/method.ts';
import { BATCH_SEPARATOR } from '../src/wire/batch.ts';
import { encodeForm } from '../src/wire/form.ts';
import { requestValue } from './harness/arbitrary.ts';
import { encodeRequest } from './harness/encode.ts';
import { exchange, FORM, postForm, type Reply, signedCall } from './harness/exchange.ts';
import { placesOf, plainRequest, toParameters, withValue } from './harness/requests.ts';
import { startTestServer, type TestServer } from './harness/server.ts';
import { childText, parseXml } from './harness/xml.ts';

const contracts: readonly Contract[] = catalogue;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ PIAOQUAN_BODY_LIMIT: '20000' });
});
afterAll(() => server?.close());

const entries: readonly ErrorEntry[] = Object.values(platformErrors);
/** Every error that a caller can bring about; what is retryable belongs to a platform that is down. */
const documented = new Set(
  entries.map(({ code, sub_code }) => `${code} ${sub_code}`).filter((error) => !error.includes('isp.')),
);

/** The error in an answer of either format, as `code sub_code`; undefined when it is none. */
function errorIn({ headers, text }: Pick<Reply, 'headers' | 'text'>): string | undefined {
  if (String(headers['content-type']).startsWith('text/xml')) {
    const root = parseXml(text);
    if (root.name !== 'error_response') return undefined;
    return `${childText(root, 'code')} ${childText(root, 'sub_code')}`;
  }
  const { error_response } = JSON.parse(text);
  return error_response && `${error_response.code} ${error_response.sub_code}`;
}

/** Fails unless an answer is HTTP 200 and readable, and its error, if any, documented for everybody or for these methods. */
function expectDocumented(reply: Reply, ...methods: readonly Contract[]): void {
  expect(reply.status).toBe(200);
  const error = errorIn(reply);
  if (error === undefined || documented.has(error)) return;
  const declared = methods.flatMap(({ errors }) => Object.keys(errors).map((sub_code) => `15 ${sub_code}`));
  expect(declared, reply.text).toContain(error);
}

const anyText = fc.string({ unit: 'binary', maxLength: 30 });
const pieces = fc.constantFrom(
  'method=',
  'taobao.time.get',
  '&',
  '=',
  '%',
  '%00',
  '%ff',
  '+',
  'sign=',
  'format=json',
  'app_key=12345678',
);
const anyQuery = fc
  .array(fc.oneof(pieces, fc.string({ maxLength: 5 })), { maxLength: 12 })
  .map((parts) => parts.join('').replace(/[^!-~]|#/g, ''));
const anyBody = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc
    .array(
      fc.oneof(
        pieces,
        fc.constantFrom('--B', '\r\n', '--', 'Content-Disposition: form-data; name="a"', '#PUBLIC#', '-S-'),
      ),
    )
    .map((parts) => Buffer.from(parts.join(''))),
  fc.constant(Buffer.alloc(20_001, 'a')),
);
const anyType = fc.oneof(
  fc.constantFrom(
    FORM,
    'multipart/form-data; boundary=B',
    'multipart/form-data',
    'application/json',
    'text/xml',
    'text/plain',
    '',
  ),
  fc.string({ maxLength: 20 }).map((text) => text.replace(/[^ -~]/g, '')),
);
const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'POST', 'POST', 'PUT', 'DELETE', 'PATCH'),
  path: fc.tuple(fc.constantFrom('/router/rest', '/router/batch'), anyQuery).map(([path, query]) => `${path}?${query}`),
  headers: anyType.map((type) => ({ 'content-type': type })),
  body: fc.option(anyBody, { nil: undefined }),
  chunked: fc.boolean(),
});

test('any request at all gets an answer with a documented error', async () => {
  await fc.assert(
    fc.asyncProperty(request, async (sent) => {
      const reply = await exchange(server.url, sent);
      expectDocumented(reply);
      expect(errorIn(reply)).toBeDefined();
    }),
    { numRuns: 400 },
  );
});

test('any parameters, public ones too, get an answer with a documented error', async () => {
  const names = fc.constantFrom(
    'method',
    'app_key',
    'session',
    'timestamp',
    'v',
    'format',
    'sign_method',
    'simplify',
    'x',
  );
  const values = fc.oneof(
    anyText,
    fc.constantFrom('json', 'md5', '__proto__', 'constructor', '1767294245000', '9'.repeat(400)),
  );
  await fc.assert(
    fc.asyncProperty(fc.dictionary(names, values), async (set) => {
      expectDocumented(await postForm(server.url, signedCall('taobao.time.get', [], { set })));
    }),
    { numRuns: 200 },
  );
});

test('any batch that is signed gets answers with documented errors', async () => {
  const part = fc.oneof(
    pieces,
    anyText,
    fc.constantFrom('N', '#PUBLIC#', BATCH_SEPARATOR, ...contracts.map(({ name }) => `method=${name}`)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 12 }), async (parts) => {
      const body = parts.join('');
      const path = `/router/batch?${encodeForm(signedCall('', [], { set: { method: undefined }, body }))}`;
      const reply = await exchange(server.url, { path, headers: { 'content-type': 'text/plain' }, body });
      for (const text of reply.text.split(BATCH_SEPARATOR)) expectDocumented({ ...reply, text }, ...contracts);
    }),
    { numRuns: 200 },
  );
});

/** JSON values that parsers and databases stumble over. */
const awkward = fc.oneof(
  anyText,
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    '\u0000',
    '\ud800',
    '\uffff',
    "'; drop table platform_app; --",
    '__proto__',
    '{}',
    '[]',
    'null',
    '{"\\u0000":"\\ud800"}',
  ),
  fc.constantFrom<unknown>(
    -1,
    0,
    2 ** 31,
    2 ** 53,
    -(2 ** 53),
    1e308,
    '9'.repeat(19),
    '1e5',
    true,
    null,
    [],
    {},
    [[]],
    [null],
  ),
  fc.nat(5000).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
);

describe.each(contracts)('$name', (contract) => {
  test('answers any request that its contract allows, with success or a documented error', async () => {
    await fc.assert(
      fc.asyncProperty(requestValue(contract.request), async (value) => {
        const parameters = signedCall(contract.name, encodeRequest(contract, value));
        expectDocumented(await postForm(server.url, parameters), contract);
      }),
      // For every method there is, so few for each.
      { numRuns: 3 },
    );
  });

  test('answers its usual request with anything in any place, with success or a documented error', async () => {
    const places = placesOf(contract);
    if (places.length === 0) return;
    const change = fc.tuple(fc.constantFrom(...places), awkward);
    await fc.assert(
      fc.asyncProperty(change, async ([{ names }, value]) => {
        const text = names.length === 1 && typeof value !== 'string' ? JSON.stringify(value) : value;
        const parameters = toParameters(withValue(plainRequest(contract), names, text));
        const sent = signedCall(
          contract.name,
          parameters.map(([name, each]) => [name, each.toWellFormed()] as const),
        );
        expectDocumented(await postForm(server.url, sent), contract);
      }),
      { numRuns: 6 },
    );
  });
});
