import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalogue } from '../src/contract/catalogue.ts';
import type { Contract } from '../src/contract/method.ts';
import { fieldNote } from '../src/contract/schema.ts';
import { baseText, withoutEmpties } from '../src/wire/base-text.ts';
import { encodeForm } from '../src/wire/form.ts';
import { rootName } from '../src/wire/render.ts';
import { formatInstant } from '../src/wire/time.ts';
import { atOnce } from './harness/at-once.ts';
import { type Departure, errorOf, exchange, FORM, postForm, signedCall } from './harness/exchange.ts';
import { compileReader } from './harness/read.ts';
import { isDocumented, placesOf, plainRequest, toParameters, withValue, wrongValues } from './harness/requests.ts';
import { startTestServer, type TestServer } from './harness/server.ts';
import { childText, parseXml, readXml } from './harness/xml.ts';

const contracts: readonly Contract[] = catalogue;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.close());

/** Fails unless a JSON answer is the method's own: success, or without a documented request a declared error. */
function expectAnswered(contract: Contract, text: string): void {
  const error = errorOf(text);
  if (error === undefined) compileReader(contract).json(text);
  else if (isDocumented(contract)) expect(error).toBeUndefined();
  else expect([error.code, Object.keys(contract.errors)]).toEqual([15, expect.arrayContaining([error.sub_code])]);
}

/** What an answer to the method's request may be called. */
const rootsOf = (contract: Contract) => [
  rootName(contract.name),
  ...(isDocumented(contract) ? [] : ['error_response']),
];

const signed = (contract: Contract, departure?: Departure) =>
  signedCall(contract.name, toParameters(plainRequest(contract)), departure);

const answer = async (contract: Contract, departure?: Departure) =>
  (await postForm(server.url, signed(contract, departure))).text;

const refusal = async (contract: Contract, departure?: Departure) => errorOf(await answer(contract, departure));

/** A guarantee that every method of the catalogue gives. */
const everyMethod = (guarantee: string, run: (contract: Contract) => Promise<void>) =>
  test.each(contracts.map((each) => [each.name, each] as const))(`%s ${guarantee}`, (_name, contract) => run(contract));

everyMethod('answers a call signed by each of the three digests', (contract) =>
  atOnce(['md5', 'hmac', 'hmac-sha256'] as const, async (sign_method) =>
    expectAnswered(contract, await answer(contract, { sign_method })),
  ),
);

everyMethod(
  'answers whichever way the parameters come: GET, form, multipart, GET with a form body',
  async (contract) => {
    const text = encodeForm(signed(contract));
    const lines = [...signed(contract)].map(
      ([name, value]) => `--B\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    );
    const multipart = { 'content-type': 'multipart/form-data; boundary=B' };
    const ways = [
      { method: 'GET', path: `/router/rest?${text}` },
      { headers: { 'content-type': FORM }, body: text },
      { headers: multipart, body: `${lines.join('')}--B--\r\n` },
      { method: 'GET', headers: { 'content-type': FORM }, body: text },
      { path: `/router/rest?${text}` },
    ];
    await atOnce(ways, async (way) => expectAnswered(contract, (await exchange(server.url, way)).text));
  },
);

everyMethod('answers wherever the parameters stand, in the query or in the body', async (contract) => {
  const all = [...signed(contract)];
  await atOnce([0, 1], async (inQuery) => {
    const query = encodeForm(all.filter((_, place) => place % 2 === inQuery));
    const body = encodeForm(all.filter((_, place) => place % 2 !== inQuery));
    const sent = { path: `/router/rest?${query}`, headers: { 'content-type': FORM }, body };
    expectAnswered(contract, (await exchange(server.url, sent)).text);
  });
});

everyMethod('answers in XML unless asked otherwise: one well-formed root of its name, request_id inside', (contract) =>
  atOnce(['xml', undefined, ''], async (format) => {
    const { status, headers, text } = await postForm(server.url, signed(contract, { set: { format } }));
    expect([status, headers['content-type']]).toEqual([200, 'text/xml;charset=utf-8']);
    const root = parseXml(text);
    expect(rootsOf(contract)).toContain(root.name);
    expect(childText(root, 'request_id')).toMatch(/^[0-9a-z]{12,14}$/);
    if (root.name !== 'error_response') {
      readXml(contract, text);
      expect([childText(root, 'code'), childText(root, 'sub_code')]).toEqual([undefined, undefined]);
    }
  }),
);

everyMethod(
  'answers in JSON: one root of its name, request_id inside, nothing escaped by code, no field of an error',
  async (contract) => {
    const { status, headers, text } = await postForm(server.url, signed(contract));
    expect([status, headers['content-type']]).toEqual([200, 'application/json;charset=utf-8']);
    expect(text.replaceAll('\\\\', '')).not.toContain('\\u');
    const [root, ...more] = Object.entries<Record<string, unknown>>(JSON.parse(text));
    expect(more).toEqual([]);
    expect(rootsOf(contract)).toContain(root?.[0]);
    expect(root?.[1].request_id).toMatch(/^[0-9a-z]{12,14}$/);
    if (root?.[0] !== 'error_response') {
      expect(root?.[1]).not.toHaveProperty('code');
      expect(root?.[1]).not.toHaveProperty('sub_code');
    }
  },
);

everyMethod('answers in simplified JSON: no root, request_id at the top, errors with their root', async (contract) => {
  const text = await answer(contract, { set: { simplify: 'true' } });
  const top = JSON.parse(text);
  if (top.error_response !== undefined) return expectAnswered(contract, text);
  expect(compileReader(contract).simplified(text).request_id).toMatch(/^[0-9a-z]{12,14}$/);
  expect(top).not.toHaveProperty('code');
  expect(top).not.toHaveProperty('sub_code');
  const wrong = JSON.parse(await answer(contract, { set: { simplify: 'true', v: undefined } }));
  expect(Object.keys(wrong)).toEqual(['error_response']);
});

everyMethod('says the same in all three spellings', async (contract) => {
  if (!isDocumented(contract)) return;
  const { json, simplified } = compileReader(contract);
  const normal = json(await answer(contract)).value;
  const others = [
    simplified(await answer(contract, { set: { simplify: 'true' } })).value,
    readXml(contract, await answer(contract, { set: { format: 'xml' } })).value,
  ];
  // The one value that may move between calls is the present time.
  const still = (value: unknown) => JSON.stringify(value).replace(/"time":"[^"]*"/, '');
  for (const other of others) expect(still(other)).toBe(still(normal));
});

everyMethod('refuses a call that lacks a required parameter, and names it', async (contract) => {
  const request = plainRequest(contract);
  const required = placesOf(contract).filter((place) => place.required);
  // At the top null has no spelling of its own.
  const absences = required.flatMap((place) =>
    [undefined, '', ...(place.names.length > 1 ? [null] : [])].map((absent) => ({ ...place, absent })),
  );
  await atOnce(absences, async ({ path, names, schema, absent }) => {
    const { missing } = fieldNote(schema);
    const expected = missing
      ? { code: 15, sub_code: missing }
      : { code: 40, msg: `Missing required arguments:${path}` };
    const parameters = toParameters(withValue(request, names, absent));
    const { text } = await postForm(server.url, signedCall(contract.name, parameters));
    expect(errorOf(text), `${path} ${absent}`).toMatchObject(expected);
  });
});

everyMethod('refuses a parameter of a wrong form, and names it', async (contract) => {
  const request = plainRequest(contract);
  const changes = placesOf(contract).flatMap((place) =>
    wrongValues(place.schema).map((wrong) => ({ ...place, wrong })),
  );
  await atOnce(changes, async ({ path, names, wrong }) => {
    const parameters = toParameters(withValue(request, names, wrong));
    const { text } = await postForm(server.url, signedCall(contract.name, parameters));
    const msg = expect.stringMatching(new RegExp(`^Invalid arguments:${path.replaceAll('.', '\\.')}(\\[\\d+\\])?$`));
    expect(errorOf(text), `${path}=${String(wrong).slice(0, 40)}`).toMatchObject({ code: 41, msg });
  });
});

everyMethod('takes the values at the edge of what the contract allows', async (contract) => {
  const edges = placesOf(contract).flatMap(({ names, schema }) => {
    const { maximum } = schema as unknown as { maximum?: number };
    return maximum === undefined || fieldNote(schema).values !== undefined ? [] : [{ names, maximum }];
  });
  await atOnce(edges, async ({ names, maximum }) => {
    const parameters = toParameters(withValue(plainRequest(contract), names, String(maximum)));
    const { text } = await postForm(server.url, signedCall(contract.name, parameters));
    expect([40, 41]).not.toContain(errorOf(text)?.code);
  });
});

everyMethod('refuses a signature that is wrong in any way by 25, and one that is missing by 24', async (contract) => {
  const right = signed(contract);
  const sign = right.get('sign') as string;
  const wrong = [sign.toLowerCase(), sign.slice(1), `${sign}0`, sign.replace(/.$/, (hex) => (hex === '0' ? '1' : '0'))];
  const other = [...wrong, 'x', '签名', ' '].map((each) => new Map(right).set('sign', each));
  const [more, less, none] = [new Map(right).set('partner_id', 'x'), new Map(right), new Map(right)];
  less.delete('session');
  none.delete('sign');
  await atOnce([...other, more, less], async (changed) =>
    expect(errorOf((await postForm(server.url, changed)).text), changed.get('sign')).toMatchObject({
      code: 25,
      msg: 'Invalid signature',
    }),
  );
  await atOnce([none, new Map(right).set('sign', '')], async (changed) =>
    expect(errorOf((await postForm(server.url, changed)).text)).toMatchObject({ code: 24, msg: 'Missing signature' }),
  );
});

everyMethod('refuses a call signed with another secret or by another sign_method than it names', async (contract) => {
  expect(await refusal(contract, { secret: 'helloworld ' })).toMatchObject({ code: 25 });
  const renamed = signed(contract).set('sign_method', 'md5');
  expect(errorOf((await postForm(server.url, renamed)).text)).toMatchObject({ code: 25 });
  await atOnce([undefined, '', 'MD5', 'sha1'], async (sign_method) =>
    expect(await refusal(contract, { set: { sign_method } })).toMatchObject({ code: 25 }),
  );
});

everyMethod(
  'refuses a timestamp that is missing, unreadable or over ten minutes off, and takes one that is not',
  async (contract) => {
    const at = (seconds: number) => new Date(Date.now() + seconds * 1000);
    const [past, future] = [at(-602), at(602)];
    expect(await refusal(contract, { set: { timestamp: undefined } })).toMatchObject({ code: 30 });
    const texts = ['now', '2026-02-30 00:00:00', '1767294245', formatInstant(past), formatInstant(future)];
    await atOnce([...texts, String(past.getTime())], async (timestamp) =>
      expect(await refusal(contract, { set: { timestamp } }), timestamp).toMatchObject({
        code: 31,
        msg: 'Invalid timestamp',
      }),
    );
    await atOnce([formatInstant(at(-590)), formatInstant(at(590)), String(Date.now())], async (timestamp) =>
      expectAnswered(contract, await answer(contract, { set: { timestamp } })),
    );
  },
);

everyMethod('refuses a format or version that is not offered', async (contract) => {
  await atOnce(['yaml', 'JSON', 'json2'], async (format) => {
    const root = parseXml(await answer(contract, { set: { format } }));
    expect([root.name, childText(root, 'code')]).toEqual(['error_response', '23']);
  });
  const versions: [string | undefined, number][] = [
    [undefined, 32],
    ['two', 33],
    ['1.0', 34],
    ['3', 34],
    ['2', 34],
  ];
  await atOnce(versions, async ([v, code]) => expect(await refusal(contract, { set: { v } })).toMatchObject({ code }));
});

everyMethod('is not found by another spelling of its name, nor its app by another key', async (contract) => {
  const names = [contract.name.toUpperCase(), `${contract.name}x`, ` ${contract.name}`, 'toString'];
  await atOnce(names, async (method) =>
    expect(await refusal(contract, { set: { method } })).toMatchObject({ code: 22, msg: 'Invalid method' }),
  );
  await atOnce(['12345679', 'x', '12345678 ', '\u0000', "'", '9'.repeat(21)], async (app_key) =>
    expect(await refusal(contract, { set: { app_key } })).toMatchObject({
      code: 29,
      sub_code: 'isv.appkey-not-exists',
    }),
  );
});

/** Methods of `piaoquan.*`, which refuse what TOP's own pass over. */
const isOurs = ({ name }: Contract): boolean => name.startsWith('piaoquan.');

everyMethod("lets parameters be that it does not know, when it is one of TOP's, else names them", async (contract) => {
  const known = { partner_id: 'top-sdk-java-20200101', target_app_key: '1' };
  expectAnswered(contract, await answer(contract, { set: known }));
  const unknown = Object.entries({ __proto__x: '{}', constructor: 'x', 参数: '值' });
  if (!isOurs(contract)) expectAnswered(contract, await answer(contract, { set: Object.fromEntries(unknown) }));
  else
    for (const [name, value] of unknown)
      expect(await refusal(contract, { set: { [name]: value } })).toMatchObject({
        code: 41,
        msg: `Invalid arguments:${name}`,
      });
});

everyMethod(
  'accepts empty values, signed as they were received or signed as if they were not there',
  async (contract) => {
    const empties = { partner_id: '', target_app_key: '', ...(!isOurs(contract) && { aa: '', zz: '' }) };
    expectAnswered(contract, await answer(contract, { set: empties }));
    const unsigned = signed(contract);
    for (const [name, value] of Object.entries(empties)) unsigned.set(name, value);
    expect(baseText(withoutEmpties(unsigned))).not.toBe(baseText(unsigned));
    expectAnswered(contract, (await postForm(server.url, unsigned)).text);
  },
);

everyMethod('answers the same request again, at the same time and afterwards', async (contract) => {
  const body = encodeForm(signed(contract));
  const send = () => exchange(server.url, { headers: { 'content-type': FORM }, body });
  for (const { text } of [...(await Promise.all([send(), send(), send()])), await send()])
    expectAnswered(contract, text);
});
