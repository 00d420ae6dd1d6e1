import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Contract } from '../src/contract/method.ts';
import { exampleRequest, fetchedParameter } from '../src/docs/examples.ts';
import { type BusinessParameters, texts } from '../src/sdk/request.ts';
import { documentedMethods, fetchCode, printedMethods, refusalsIn } from './harness/ready.ts';
import { demo, startTestServer, type TestServer } from './harness/server.ts';

/** Where a ready-made request stands: it gives the business parameters of a method. */
type Source = (contract: Contract) => BusinessParameters;

/** The parameters that every call has, which a source's own signature would have covered. */
const COMMON = ['method', 'app_key', 'session', 'timestamp', 'v', 'format', 'sign_method', 'sign', 'simplify'];
const businessOf = (parameters: Readonly<Record<string, unknown>>): BusinessParameters =>
  Object.fromEntries(Object.entries(parameters).filter(([name]) => !COMMON.includes(name)));

type OpenApi = {
  readonly paths: Record<
    string,
    {
      post: {
        requestBody: { content: Record<string, { examples: { documented: { value: Record<string, unknown> } } }> };
      };
    }
  >;
};
type Postman = {
  readonly item: {
    item: { request: { body: { urlencoded: { key: string; value: string; disabled?: boolean }[] } } }[];
  }[];
};

/** The ready-made requests of tool and samples, of openapi.json and of postman.json. */
async function sourcesOf(url: string): Promise<Record<string, Source>> {
  const json = async (path: string) => (await fetch(url + path)).json();
  const openApi = (await json('/openapi.json')) as OpenApi;
  const { item: folders } = (await json('/postman.json')) as Postman;
  const forms = folders.flatMap(({ item }) => item.map(({ request }) => request.body.urlencoded));
  const form = (name: string) => forms.find(([method]) => method?.value === name) ?? [];
  return {
    tool: exampleRequest,
    'openapi.json': ({ name }) => {
      const { content } = openApi.paths[`/router/rest/${name}`]?.post.requestBody ?? { content: {} };
      return businessOf(content['application/x-www-form-urlencoded']?.examples.documented.value ?? {});
    },
    'postman.json': ({ name }) =>
      businessOf(
        Object.fromEntries(form(name).flatMap(({ key, value, disabled }) => (disabled ? [] : [[key, value]]))),
      ),
  };
}

/** What works once is fetched, as tool and Postman do. */
async function fetched(server: TestServer, contract: Contract): Promise<BusinessParameters> {
  const name = fetchedParameter(contract);
  if (name === undefined) return {};
  const code = await fetchCode(server.url);
  if (name === 'code') return { code };
  const answer = await server.call('taobao.top.auth.token.create', { code }, { simplify: true });
  const { refresh_token } = JSON.parse(JSON.parse(answer).token_result) as { refresh_token: string };
  return { refresh_token };
}

const orders: Readonly<Record<string, readonly Contract[]>> = {
  'in the order of the documentation': documentedMethods,
  backwards: documentedMethods.toReversed(),
};
const YEAR = 400 * 24 * 3600 * 1000;

describe.each(Object.entries(orders))('the ready-made requests, %s, in one fresh sandbox', (_order, contracts) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server?.close());

  // The second and third source repeat the first, as who presses a button again does.
  test.each(['tool', 'openapi.json', 'postman.json'])('of %s all succeed', async (name) => {
    const source = (await sourcesOf(server.url))[name] as Source;
    const refused: Record<string, string[]> = {};
    for (const contract of contracts) {
      const business = { ...source(contract), ...(await fetched(server, contract)) };
      const session = contract.session === 'none' ? undefined : demo.session;
      const refusals = refusalsIn(await server.json(contract.name, business, { session }));
      if (refusals.length > 0) refused[contract.name] = refusals;
    }
    expect(refused).toEqual({});
    expect(contracts).toHaveLength(printedMethods.length);
  });
});

test('400 days later, in a sandbox of today, they all succeed too', async () => {
  const server = await startTestServer({}, { clock: () => new Date(Date.now() + YEAR) });
  try {
    for (const contract of documentedMethods.filter((each) => fetchedParameter(each) === undefined))
      expect(refusalsIn(await server.json(contract.name, exampleRequest(contract))), contract.name).toEqual([]);
  } finally {
    await server.close();
  }
});

test('openapi.json and postman.json carry the request of the tool, and no two sends carry one unique_id', async () => {
  const server = await startTestServer();
  try {
    const { 'openapi.json': openApi, 'postman.json': postman } = await sourcesOf(server.url);
    const spelled = (business: BusinessParameters | undefined) => Object.fromEntries(texts(business ?? {}));
    for (const contract of documentedMethods) {
      const ready = spelled(exampleRequest(contract));
      expect(spelled(openApi?.(contract)), contract.name).toEqual(ready);
      const name = fetchedParameter(contract);
      expect(postman?.(contract), contract.name).toEqual(name === undefined ? ready : { [name]: `{{${name}}}` });
    }
    const ids = documentedMethods.flatMap((each) =>
      [...JSON.stringify(exampleRequest(each)).matchAll(/"unique_id":"(\w+)"/g)].map(([, id]) => id),
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(3);
  } finally {
    await server.close();
  }
});

test('the page of the draw keeps its printed answer: the activity that it prints is over', async () => {
  const server = await startTestServer();
  try {
    const [draw] = documentedMethods.filter(({ name }) => name === 'taobao.film.lottery.performance');
    const { lottery_performance_top_param: param } = exampleRequest(draw as Contract);
    const printed = { ...(param as object), spread_id: 'prizePool_o2pgeyxphlccrjm5jvm2ykpfxox7rz6wdohtp' };
    expect(
      await server.json('taobao.film.lottery.performance', { lottery_performance_top_param: printed }),
    ).toMatchObject({ film_lottery_performance_response: { return_code: '200005', return_message: '活动已结束' } });
  } finally {
    await server.close();
  }
});
