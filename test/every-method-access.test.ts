import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalogue, packages } from '../src/contract/catalogue.ts';
import type { Contract } from '../src/contract/method.ts';
import { fieldNote } from '../src/contract/schema.ts';
import { APP_SECRET } from '../src/secrets/sealed.ts';
import { fixMasterKey } from './harness/apps.ts';
import { type Departure, errorOf, postForm, signedCall } from './harness/exchange.ts';
import { type Place, placesOf, plainRequest, toParameters, withValue } from './harness/requests.ts';
import { demo, startTestServer, type TestServer } from './harness/server.ts';

const contracts: readonly Contract[] = catalogue;

/** An app with the demo app's secret and nothing else: no package, and no call left today. */
const BARE = '20000001';

const vault = fixMasterKey();
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  const { sql } = server.database;
  const now = new Date();
  // A secret opens in its own row alone.
  const secret = vault.seal(APP_SECRET, [BARE, now], demo.secret);
  await sql`insert into platform_app (app_key, name, calls_per_day, created_at) values (${BARE}, 'bare', 0, ${now})`;
  await sql`insert into platform_app_secret (app_key, secret, created_at) values (${BARE}, ${secret}, ${now})`;
});
afterAll(() => server?.close());

const refusal = async (contract: Contract, departure?: Departure, request = plainRequest(contract)) =>
  errorOf((await postForm(server.url, signedCall(contract.name, toParameters(request), departure))).text);

/** Codes that say the call went past the gateway's checks. */
const expectAdmitted = async (contract: Contract) => expect((await refusal(contract))?.code ?? 15).toBe(15);

/** A guarantee that methods of the catalogue give, every one unless said otherwise. */
const everyMethod = (guarantee: string, run: (contract: Contract) => Promise<void>, methods = contracts) =>
  test.each(methods.map((each) => [each.name, each] as const))(`%s ${guarantee}`, (_name, contract) => run(contract));

everyMethod('needs a package of the app that holds it, from the next call on after every change', async (contract) => {
  const { sql } = server.database;
  await expectAdmitted(contract);
  await sql`delete from platform_app_package where app_key = ${demo.app_key} and package = ${contract.package}`;
  expect(await refusal(contract)).toMatchObject({
    code: 11,
    msg: 'Insufficient isv permissions',
    sub_code: 'isv.permission-api-package-limit',
    sub_msg: `scope ids is ${contract.package}`,
  });
  await sql`delete from platform_app_package where app_key = ${demo.app_key}`;
  expect(await refusal(contract)).toMatchObject({ code: 11, sub_code: 'isv.permission-api-package-empty' });
  await sql`insert into platform_app_package select ${demo.app_key}, unnest(${[...packages]}::text[])`;
  await expectAdmitted(contract);
});

everyMethod(
  "answers only callers on the app's list of addresses, from the next call on after every change",
  async (contract) => {
    const { sql } = server.database;
    const allow = (list: string) =>
      sql`update platform_app set ip_allow = ${list}::text::cidr[] where app_key = ${demo.app_key}`;
    await allow('{10.0.0.0/8,2001:db8::/32}');
    expect(await refusal(contract)).toMatchObject({
      code: 11,
      sub_code: 'isv.permission-ip-whitelist-limit',
      sub_msg: `The appkey ${demo.app_key} is only allowed to call from 10.0.0.0/8,2001:db8::/32, but your ip is 127.0.0.1`,
    });
    await allow('{10.0.0.0/8,127.0.0.0/8}');
    await expectAdmitted(contract);
    await allow('{}');
    await expectAdmitted(contract);
  },
);

everyMethod(
  'is closed to a suspended app and to a withdrawn secret, from the next call on after every change',
  async (contract) => {
    const { sql } = server.database;
    const status = (value: number) => sql`update platform_app set status = ${value} where app_key = ${demo.app_key}`;
    await status(2);
    expect(await refusal(contract)).toMatchObject({ code: 29, sub_code: 'isv.appkey-suspended' });
    await status(1);
    await sql`update platform_app_secret set expires_at = now() - interval '1 second' where app_key = ${demo.app_key}`;
    expect(await refusal(contract)).toMatchObject({ code: 25 });
    await sql`update platform_app_secret set expires_at = null where app_key = ${demo.app_key}`;
    await expectAdmitted(contract);
  },
);

everyMethod(
  'needs a session that is known, live and of this app, from the next call on after every change',
  async (contract) => {
    const { sql } = server.database;
    for (const session of [undefined, ''])
      expect(await refusal(contract, { set: { session } })).toMatchObject({ code: 26, msg: 'Missing session' });
    for (const session of ['6100000dem', `${demo.session}x`, '\u0000', "'", '测试'])
      expect(await refusal(contract, { set: { session } })).toMatchObject({
        code: 27,
        sub_code: 'invalid-sessionkey',
      });
    const [saved] = await sql`select * from platform_session`;
    if (saved === undefined) throw new Error('no session');
    const change = (columns: Record<string, unknown>) => sql`update platform_session set ${sql(columns)}`;
    await change({ expires_at: new Date(Date.now() - 1) });
    expect(await refusal(contract)).toMatchObject({ code: 27, sub_code: 'session-expired' });
    await change({ expires_at: saved.expires_at, revoked_at: new Date() });
    expect(await refusal(contract)).toMatchObject({ code: 27, sub_code: 'session-expired' });
    await change({ revoked_at: null, app_key: BARE });
    expect(await refusal(contract)).toMatchObject({ code: 27, sub_code: 'sessionkey-not-generated-by-server' });
    await change({ app_key: demo.app_key });
    await expectAdmitted(contract);
  },
  contracts.filter(({ session }) => session === 'required'),
);

everyMethod(
  'does not look at the session of a call',
  async (contract) => {
    for (const session of [undefined, '', 'unknown', '\u0000'])
      expect((await refusal(contract, { set: { session } }))?.code ?? 15).toBe(15);
  },
  contracts.filter(({ session }) => session === 'none'),
);

everyMethod(
  'makes its checks in the order of the protocol: of two faults the earlier one is answered',
  async (contract) => {
    const faults = faultsOf(contract);
    for (const [place, first] of faults.entries()) {
      const later = faults.slice(place + 1).filter((each) => !isOfSameParameter(first, each));
      // Alone, with the one that is looked for next, and with the last, which is the method's own; the rest once for each kind.
      const besides = FIRST_OF_KIND.includes(contract) ? later : [later[0], later.at(-1)];
      for (const second of new Set([first, ...besides.filter((each) => each !== undefined)])) {
        const departure = {
          set: { ...second.set, ...first.set },
          secret: first.secret ?? second.secret ?? demo.secret,
        };
        const request = first.request ?? second.request ?? plainRequest(contract);
        const parameters = signedCall(contract.name, toParameters(request), departure);
        if (first.unsigned || second.unsigned) parameters.delete('sign');
        const { text } = await postForm(server.url, parameters);
        const code = Number(/"code":(\d+)|<code>(\d+)/.exec(text)?.slice(1).find(Boolean));
        expect(code, `${first.code} before ${second.code}: ${text}`).toBe(first.code);
      }
    }
  },
);

/** Methods that need a session and methods that need none are told apart before their own checks begin: one of each. */
const FIRST_OF_KIND = ['required', 'none'].flatMap((kind) => contracts.find(({ session }) => session === kind) ?? []);

const isOfSameParameter = (one: Fault, other: Fault): boolean =>
  Object.keys(one.set ?? {}).some((name) => name in (other.set ?? {}));

type Fault = Departure & { code: number; request?: Record<string, unknown>; unsigned?: boolean };

/** A fault for each check, in the order of TOP protocol 6.3. */
function faultsOf(contract: Contract): Fault[] {
  const required = placesOf(contract).find((place) => place.required);
  const faults: (Fault | false)[] = [
    { code: 21, set: { method: undefined } },
    { code: 28, set: { app_key: undefined } },
    { code: 30, set: { timestamp: undefined } },
    { code: 31, set: { timestamp: '2013-05-06 13:52:03' } },
    { code: 23, set: { format: 'yaml' } },
    { code: 32, set: { v: undefined } },
    { code: 33, set: { v: 'x' } },
    { code: 34, set: { v: '1.0' } },
    { code: 24, unsigned: true },
    { code: 22, set: { method: 'taobao.no.such.method' } },
    { code: 29, set: { app_key: '87654321' } },
    { code: 25, secret: 'wrong' },
    contract.session === 'required' && { code: 26, set: { session: undefined } },
    contract.session === 'required' && { code: 27, set: { session: 'wrong' } },
    contract.session === 'required' ? { code: 27, set: { app_key: BARE } } : { code: 11, set: { app_key: BARE } },
    required !== undefined && argumentFault(contract, required),
  ];
  return faults.filter((fault) => fault !== false);
}

function argumentFault(contract: Contract, { names, schema }: Place): Fault {
  const own = fieldNote(schema).missing !== undefined;
  return { code: own ? 15 : 40, request: withValue(plainRequest(contract), names, undefined) };
}
