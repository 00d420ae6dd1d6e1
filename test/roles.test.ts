import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalogue } from '../src/contract/catalogue.ts';
import type { Contract } from '../src/contract/method.ts';
import { ROLES, type Role } from '../src/contract/platform/roles.ts';
import { fieldsOf, itemOf } from '../src/contract/schema.ts';
import { type ConsoleClient, hire, logIn } from './harness/console.ts';
import { plainRequest } from './harness/requests.ts';
import { startTestServer, type TestServer } from './harness/server.ts';

const contracts: readonly Contract[] = catalogue;
const administrative = contracts.filter(({ name }) => name.startsWith('piaoquan.'));
const PLATFORM_WRITES = administrative.filter(
  ({ name, kind }) => name.startsWith('piaoquan.platform.') && kind === 'write',
);

let server: TestServer;
let owner: ConsoleClient;
const clients = new Map<Role, ConsoleClient>();
beforeAll(async () => {
  server = await startTestServer();
  owner = await logIn(server.url, 'demo-login');
  clients.set('owner', owner);
  for (const role of ['operator', 'viewer', 'developer'] as const)
    clients.set(role, await hire(owner, server.url, `the-${role}`, role));
});
afterAll(() => server?.close());

/** Whether the server itself refuses a role's direct call for the role's sake. */
async function isRefused(role: Role, contract: Contract): Promise<boolean> {
  const client = clients.get(role) as ConsoleClient;
  const { error_response: error } = await client.call(contract.name, plainRequest(contract));
  // 11 with this sub_code is said of roles alone: every handler is behind it.
  return error?.code === 11 && error.sub_code === 'isv.permission-api-package-limit';
}

/** What each role may call, said in the words of the roles and not in those of the code. */
const allowed: Record<Role, (contract: Contract) => boolean> = {
  owner: () => true,
  viewer: ({ name, kind }) =>
    kind === 'read' && !name.startsWith('piaoquan.operator.') && name !== 'piaoquan.ticketing.ticket.code.get',
  developer: (contract) => allowed.viewer(contract) || PLATFORM_WRITES.includes(contract),
  operator: (contract) => !contract.name.startsWith('piaoquan.operator.') && !PLATFORM_WRITES.includes(contract),
};

test.each(administrative.map((each) => [each.name, each] as const))(
  '%s is open to the roles it is meant for, and the server refuses every other that calls it directly',
  async (_name, contract) => {
    // The rightful ones come last: what they do may end what the others are tested on.
    for (const role of ['viewer', 'developer', 'operator', 'owner'] as const)
      expect(await isRefused(role, contract), role).toBe(!allowed[role](contract));
  },
);

test('the page is told exactly the methods that the server lets its role call', async () => {
  for (const role of ['viewer', 'developer', 'operator', 'owner'] as const) {
    const { body } = await (clients.get(role) as ConsoleClient).get('me');
    const told = new Set(body.methods as string[]);
    expect(administrative.filter(({ name }) => told.has(name))).toEqual(administrative.filter(allowed[role]));
    expect(body).toMatchObject({ role, may_act_for_user: role === 'owner' || role === 'operator' });
  }
});

test('the owner lists the operators by login with their roles, page by page', async () => {
  type Page = { operators: { login: string; role: Role }[]; next_cursor?: string };
  const listed: [string, Role][] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const asked = { page_size: 2, ...(cursor !== '' && { cursor }) };
    const page: Page = await owner.call<Page>('piaoquan.operator.list', asked);
    listed.push(...page.operators.map(({ login, role }): [string, Role] => [login, role]));
    cursor = page.next_cursor;
  }
  expect(listed).toEqual(listed.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  expect(listed).toEqual(
    expect.arrayContaining([
      ['demo', 'owner'],
      ['the-developer', 'developer'],
      ['the-operator', 'operator'],
      ['the-viewer', 'viewer'],
    ]),
  );
});

/** Every name of a field with text in a response, nested ones too. */
const namesIn = (schema: Contract['response']): string[] =>
  fieldsOf(schema).flatMap((field) => {
    const inner = field.kind === 'array' ? itemOf(field.schema) : field.schema;
    const { type } = inner as { type?: string };
    return [
      ...(type === 'string' ? [field.name] : []),
      ...(type === 'object' ? namesIn(inner as Contract['response']) : []),
    ];
  });

test('nothing that a viewer may call answers with a secret, a key, a token or a code that can be redeemed', async () => {
  const { body } = await (clients.get('viewer') as ConsoleClient).get('me');
  const shown = contracts.filter(({ name }) => (body.methods as string[]).includes(name));
  expect(shown.length).toBeGreaterThan(20);
  const telling = /^(secret|password|token|session_key|access_token|refresh_token|dynamic_q_r_code|codes?)$/;
  const found = shown.flatMap(({ name, response }) =>
    namesIn(response)
      .filter((field) => telling.test(field))
      .map((field) => `${name} ${field}`),
  );
  // A code that the viewer himself has asked about, and codes that name an outcome.
  const known = /^piaoquan\.(voucher\.code\.get|[a-z.]+\.explain) code$/;
  expect(found.filter((each) => !known.test(each))).toEqual([]);
  for (const role of ['viewer', 'developer'] as const) {
    const qrcode = ['alibaba.damai.maizuo.openapi.eticket.qrcode', 'piaoquan.ticketing.ticket.code.get'];
    for (const name of ['taobao.film.fcode.export.query', ...qrcode]) {
      const contract = contracts.find((each) => each.name === name) as Contract;
      expect(await isRefused(role, contract), `${role} ${name}`).toBe(true);
    }
  }
});

const PLAIN = ['platform.base'];
const BUSINESS = [...PLAIN, 'film.lottery'];
const ADMIN = [...PLAIN, 'piaoquan.admin'];

let made = 0;
const newApp = async (client: ConsoleClient, packages: string[]) => {
  const app = { name: 'made', packages };
  return client.call<{ app_key: string; secret: string }>('piaoquan.platform.app.create', {
    ...{ unique_id: `app ${made++}`, app },
  });
};

/** What becomes of a role's calls of platform methods, in order: 0 done, else the sub_code. */
async function outcomes(role: Role, asked: readonly (readonly [method: string, request: object])[]) {
  const ends: (string | 0)[] = [];
  for (const [name, request] of asked) {
    const { error_response } = await (clients.get(role) as ConsoleClient).call(`piaoquan.platform.${name}`, request);
    ends.push(error_response?.sub_code ?? 0);
  }
  return ends;
}

/** Every way to an app, a secret or a session that may do what holds of these packages. */
async function waysTo(packages: string[]) {
  const { app_key: plain } = await newApp(owner, PLAIN);
  const { app_key } = await newApp(owner, packages);
  return [
    ['app.create', { unique_id: `own ${made++}`, app: { name: 'own', packages } }],
    ['app.packages.set', { grant: { app_key: plain, packages } }],
    ['app.secret.rotate', { rotation: { app_key, overlap_seconds: 0 } }],
    ['session.create', { grant: { app_key, user_id: 6100000 } }],
  ] as const;
}

test('nobody but an owner makes an app or a session, or learns a secret, that may do more than the own role', async () => {
  const limit = 'isv.permission-api-package-limit';
  const own = 'isv.owner-only';
  for (const packages of [BUSINESS, [...PLAIN, 'film.fcode'], ['damai.maizuo'], ADMIN, ['piaoquan.gate']]) {
    expect(await outcomes('viewer', await waysTo(packages))).toEqual([limit, limit, limit, limit]);
    expect(await outcomes('operator', await waysTo(packages))).toEqual([limit, limit, limit, limit]);
    expect(await outcomes('developer', await waysTo(packages)), String(packages)).toEqual([own, own, own, own]);
    expect(await outcomes('owner', await waysTo(packages))).toEqual([0, 0, 0, 0]);
  }
  expect(await outcomes('developer', await waysTo(PLAIN))).toEqual([0, 0, 0, 0]);
});

/** Every change of an app that takes a guard from it or bars it. */
const changesOf = (app_key: string, packages: string[]) =>
  [
    ['app.save', { app: { app_key, ip_allow: [] } }],
    ['app.save', { app: { app_key, callback_urls: ['https://example.com/take'] } }],
    ['app.save', { app: { app_key, calls_per_day: 1 } }],
    ['app.save', { app: { app_key, status: 2 } }],
    ['app.save', { app: { app_key, status: 1 } }],
    ['frequency.save', { frequency: { app_key, method: 'taobao.time.get', max_calls: 1, window_seconds: 60 } }],
    ['frequency.delete', { frequency: { app_key, method: 'taobao.time.get' } }],
    ['app.packages.set', { grant: { app_key, packages } }],
    ['app.packages.set', { grant: { app_key, packages: PLAIN } }],
  ] as const;

test('a developer changes no app that administers, nor limits administration for all, and looks after every other app', async () => {
  const done = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  const business = changesOf((await newApp(owner, BUSINESS)).app_key, BUSINESS);
  expect(await outcomes('developer', business)).toEqual(done);
  const admin = changesOf((await newApp(owner, ADMIN)).app_key, ADMIN);
  expect(new Set(await outcomes('developer', admin))).toEqual(new Set(['isv.owner-only']));
  expect(await outcomes('owner', admin)).toEqual(done);
  const everyone = (method: string) =>
    [['frequency.save', { frequency: { app_key: '*', method, max_calls: 1_000_000, window_seconds: 60 } }]] as const;
  expect(await outcomes('developer', everyone('piaoquan.platform.app.save'))).toEqual(['isv.owner-only']);
  expect(await outcomes('developer', everyone('taobao.time.get'))).toEqual([0]);
});

test('an app that administers may raise others', async () => {
  const { app_key } = await newApp(owner, PLAIN);
  const raised = { grant: { app_key, packages: ADMIN } };
  expect((await server.json('piaoquan.platform.app.packages.set', raised)).error_response).toBeUndefined();
  expect(await outcomes('developer', [['app.secret.rotate', { rotation: { app_key } }]])).toEqual(['isv.owner-only']);
});

test('an app calls no method that administers operators, whatever packages it has', async () => {
  const methods = administrative.filter(({ name }) => name.startsWith('piaoquan.operator.'));
  expect(methods.length).toBe(6);
  for (const contract of methods) {
    const answer = await server.json(contract.name, plainRequest(contract) as never, {});
    expect(answer.error_response, contract.name).toMatchObject({ code: 15, sub_code: 'isv.console-only' });
  }
});

test('a change of role acts at once: sessions end, and the next login has the new rights', async () => {
  const client = await hire(owner, server.url, 'moved', 'viewer');
  expect((await client.get('me')).body.role).toBe('viewer');
  await owner.call('piaoquan.operator.save', { operator: { login: 'moved', display_name: 'moved', role: 'operator' } });
  expect((await client.get('me')).status).toBe(401);
  await owner.call('piaoquan.operator.status.update', { login: 'moved', status: 2 });
  const suspended = await fetch(`${server.url}/console/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login: 'moved', password: 'a long enough sentence' }),
  });
  expect(suspended.status).toBe(401);
});

test('the last live owner can neither be suspended nor made something else', async () => {
  await server.database.sql`update platform_operator set status = 2 where role = 'owner' and login <> 'demo'`;
  const { error_response: suspended } = await owner.call('piaoquan.operator.status.update', {
    login: 'demo',
    status: 2,
  });
  expect(suspended).toMatchObject({ code: 15, sub_code: 'isv.last-owner' });
  const demoted = { operator: { login: 'demo', display_name: 'Demo', role: 'viewer' } };
  const { error_response: refused } = await owner.call('piaoquan.operator.save', demoted);
  expect(refused).toMatchObject({ code: 15, sub_code: 'isv.last-owner' });
  expect(Object.keys(ROLES)).toContain((await owner.get('me')).body.role);
});
