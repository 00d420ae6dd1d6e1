import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalogue } from '../src/contract/catalogue.ts';
import type { Contract } from '../src/contract/method.ts';
import { ROLES, type Role } from '../src/contract/roles.ts';
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

const PLAIN = ['platform.base', 'film.lottery'];

/** What becomes of a role's three ways to have an app that administers: 0 done, else the sub_code. */
async function risesOf(role: Role): Promise<(string | 0)[]> {
  const client = clients.get(role) as ConsoleClient;
  const make = (packages: string[]) => ({
    ...{ unique_id: `${role} ${packages}`, app: { name: role, packages } },
  });
  const { app_key: plain } = await owner.call<{ app_key: string }>('piaoquan.platform.app.create', make(PLAIN));
  const powerful = make(['piaoquan.admin', 'platform.base']);
  const { app_key: admin } = await owner.call<{ app_key: string }>('piaoquan.platform.app.create', powerful);
  const asked: [method: string, request: object][] = [
    ['app.create', { ...make(['platform.base', 'piaoquan.admin']), unique_id: `${role} own` }],
    ['app.packages.set', { grant: { app_key: plain, packages: [...PLAIN, 'piaoquan.gate'] } }],
    ['app.secret.rotate', { rotation: { app_key: admin } }],
  ];
  const ends: (string | 0)[] = [];
  for (const [name, request] of asked)
    ends.push((await client.call(`piaoquan.platform.${name}`, request)).error_response?.sub_code ?? 0);
  return ends;
}

test('nobody but an owner raises an app to an administrator, nor learns the secret of one that is', async () => {
  const limit = 'isv.permission-api-package-limit';
  expect(await risesOf('viewer')).toEqual([limit, limit, limit]);
  expect(await risesOf('operator')).toEqual([limit, limit, limit]);
  expect(await risesOf('developer')).toEqual(['isv.owner-only', 'isv.owner-only', 'isv.owner-only']);
  expect(await risesOf('owner')).toEqual([0, 0, 0]);
  const [made] = await server.database.sql`
    select count(*) filter (where name = 'developer') as developer, count(*) filter (where unique_id = 'developer own') as own
    from platform_app`;
  expect(made).toEqual({ developer: 2, own: 0 });
});

test('a developer does all else with apps, those that administer included; an app that administers may raise others', async () => {
  const developer = clients.get('developer') as ConsoleClient;
  const call = (name: string, request: object) =>
    developer.call<{ app_key: string }>(`piaoquan.platform.${name}`, request);
  const app = { name: 'plain', packages: PLAIN };
  const { app_key } = await call('app.create', { unique_id: 'plain', app });
  const grant = { app_key, packages: [...PLAIN, 'film.fcode'] };
  expect((await call('app.packages.set', { grant })).error_response).toBeUndefined();
  expect((await call('app.secret.rotate', { rotation: { app_key } })).error_response).toBeUndefined();
  const raised = { grant: { app_key, packages: [...PLAIN, 'piaoquan.admin'] } };
  expect((await server.json('piaoquan.platform.app.packages.set', raised)).error_response).toBeUndefined();
  // What an app holds already is not given again, and may be taken.
  for (const packages of [['piaoquan.admin'], PLAIN])
    expect((await call('app.packages.set', { grant: { app_key, packages } })).error_response).toBeUndefined();
  expect((await call('app.packages.set', raised)).error_response?.sub_code).toBe('isv.owner-only');
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
