import { createRequire } from 'node:module';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { catalogue } from '../contract/catalogue.ts';
import { baseText } from '../wire/base-text.ts';
import { digests, sign } from '../wire/sign.ts';
import { postmanCollection } from './postman.ts';

/** What is asked of Postman's own reader of collections. */
type Reader = {
  items: { count(): number };
  variables: { toObject(): object };
  events: { listeners(name: string): object[] };
  forEachItem(visit: (item: ReadItem) => void): void;
};
type ReadItem = {
  name: string;
  request: { url: { toString(): string }; body: { urlencoded: { toObject(excludeDisabled: boolean): object } } };
  responses: { all(): { code: number; body: string }[] };
};
// It comes as a script of the older kind, without types.
const postman = createRequire(import.meta.url)('postman-collection') as { Collection: new (json: object) => Reader };

type Parameter = { key: string; value: string; disabled?: boolean; description?: string };
type Request = {
  method: string;
  url: { raw: string; host: string[] };
  header: { key: string; value: string }[];
  body: { mode: string; urlencoded: Parameter[] };
};
type Item = { name: string; request: Request; response: { body: string; code: number; originalRequest: Request }[] };
type Folder = { name: string; item: Item[] };
type Collection = {
  info: Record<string, string>;
  item: Folder[];
  event: { listen: string; script: { type: string; exec: string[] } }[];
  variable: { key: string; value: string; type: string }[];
};

const variables = { url: 'http://127.0.0.1:7001/router/rest', app_key: '12345678', secret: 'helloworld', session: 's' };
const collection = postmanCollection(catalogue, variables) as unknown as Collection;
const items = collection.item.flatMap(({ item }) => item);

/** Every place where a value has not the keys and types that the published 2.1.0 schema asks for. */
function misshapen(value: Collection): string[] {
  const wrong: string[] = [];
  const hold = (what: string, right: boolean): void => {
    if (!right) wrong.push(what);
  };
  const text = (each: unknown): boolean => typeof each === 'string' && each !== '';
  hold('info', text(value.info.name) && text(value.info.schema));
  hold(
    'event',
    value.event.every(({ listen, script }) => text(listen) && script.exec.every((line) => typeof line === 'string')),
  );
  hold(
    'variable',
    value.variable.every(({ key, type }) => text(key) && ['string', 'boolean', 'any', 'number'].includes(type)),
  );
  const checkRequest = (at: string, { method, url, header, body }: Request): void => {
    hold(`${at} method`, method === 'POST');
    hold(`${at} url`, text(url.raw) && url.host.every(text));
    hold(
      `${at} header`,
      header.every((each) => text(each.key) && typeof each.value === 'string'),
    );
    hold(`${at} body`, body.mode === 'urlencoded');
    for (const { key, value: own, disabled, description, ...rest } of body.urlencoded) {
      hold(`${at} ${key}`, text(key) && typeof own === 'string' && Object.keys(rest).length === 0);
      hold(
        `${at} ${key} options`,
        [undefined, true].includes(disabled) && ['string', 'undefined'].includes(typeof description),
      );
    }
  };
  for (const folder of value.item) {
    // A folder has items, a request has none: the schema takes exactly one of the two.
    hold(folder.name, text(folder.name) && !('request' in folder));
    for (const each of folder.item) {
      hold(each.name, text(each.name) && !('item' in each));
      checkRequest(each.name, each.request);
      for (const { body, code, originalRequest } of each.response) {
        hold(`${each.name} response`, typeof body === 'string' && Number.isInteger(code));
        checkRequest(`${each.name} response`, originalRequest);
      }
    }
  }
  return wrong;
}

test('the collection has the shape of format 2.1.0, checked by hand after its published schema', () => {
  expect(collection.info.schema).toBe('https://schema.getpostman.com/json/collection/v2.1.0/collection.json');
  expect(misshapen(collection)).toEqual([]);
  const broken = structuredClone(collection);
  (broken.item[0] as Folder).item[0]?.request.body.urlencoded.push({ value: 'x' } as Parameter);
  expect(misshapen(broken)).not.toEqual([]);
});

test('every method has one request, in the folder of its category, with an answer and a failure', () => {
  expect(items.map(({ request }) => request.body.urlencoded[0]?.value).toSorted()).toEqual(
    catalogue.map(({ name }) => name).toSorted(),
  );
  for (const { name, response } of items) {
    expect(response, name).toHaveLength(2);
    expect(Object.keys(JSON.parse(response[1]?.body ?? '')), name).toEqual(['error_response']);
  }
});

/** Runs the script as Postman would, over one request, and gives the parameters that would be sent. */
function sentBy({ request }: Item, values: Record<string, string> = {}): Map<string, string> {
  const set = new Map(
    Object.entries({ ...Object.fromEntries(collection.variable.map((each) => [each.key, each.value])), ...values }),
  );
  const replaceIn = (text: string) => text.replace(/\{\{(\w+)\}\}/g, (whole, name) => set.get(name) ?? whole);
  const list = (all: Parameter[]) => ({ all: () => all });
  const hex = (digits: string) => ({ toString: () => digits });
  runInNewContext((collection.event[0]?.script.exec ?? []).join('\n'), {
    pm: {
      variables: {
        get: (name: string) => set.get(name),
        set: (name: string, value: string) => set.set(name, value),
        replaceIn,
      },
      // Where there is no sandbox nothing is fetched, and what the reader filled in is sent.
      sendRequest: (_asked: unknown, done: (error: Error) => void) => done(new Error('no server')),
      request: { url: { query: list([]) }, body: { urlencoded: list(request.body.urlencoded) } },
    },
    require: () => ({
      MD5: (text: string) => hex(digests.md5('', text)),
      HmacMD5: (text: string, key: string) => hex(digests.hmac(key, text)),
      HmacSHA256: (text: string, key: string) => hex(digests['hmac-sha256'](key, text)),
    }),
  });
  const sent = request.body.urlencoded.filter(({ disabled }) => !disabled);
  return new Map(sent.map(({ key, value }) => [key, replaceIn(value)]));
}

test('the script signs every request as the platform does', () => {
  for (const item of items) {
    const parameters = sentBy(item);
    expect(parameters.get('sign'), item.name).toBe(sign('hmac-sha256', 'helloworld', parameters));
    expect(parameters.get('timestamp')).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(baseText(parameters), item.name).not.toContain('{{');
  }
});

test.each(['md5', 'hmac'] as const)('the script signs by %s too', (sign_method) => {
  const item = structuredClone(items[0] as Item);
  for (const each of item.request.body.urlencoded) if (each.key === 'sign_method') each.value = sign_method;
  const parameters = sentBy(item, { secret: 'another' });
  expect(parameters.get('sign')).toBe(sign(sign_method, 'another', parameters));
});

test('a session goes along where the method needs one, waits switched off where it may, and is nowhere else', () => {
  for (const contract of catalogue) {
    const item = items.find(({ request }) => request.body.urlencoded[0]?.value === contract.name) as Item;
    const session = item.request.body.urlencoded.find(({ key }) => key === 'session');
    const state = session === undefined ? 'none' : session.disabled ? 'optional' : 'required';
    expect(state, contract.name).toBe(contract.session);
  }
});

test("Postman's own reader finds every request whole: folders, parameters, variables, script, answers", () => {
  const read = new postman.Collection(postmanCollection(catalogue, variables));
  expect(read.items.count()).toBe(collection.item.length);
  const found: [string, string, object][] = [];
  read.forEachItem((item) => {
    const body = item.request.body.urlencoded.toObject(true);
    found.push([item.name, item.request.url.toString(), body]);
    expect(
      item.responses.all().map(({ code, body: text }) => [code, typeof text]),
      item.name,
    ).toEqual([
      [200, 'string'],
      [200, 'string'],
    ]);
  });
  const own = (all: readonly Parameter[]) =>
    Object.fromEntries(all.filter(({ disabled }) => !disabled).map(({ key, value }) => [key, value]));
  expect(found).toEqual(items.map(({ name, request }) => [name, request.url.raw, own(request.body.urlencoded)]));
  expect(read.variables.toObject()).toEqual({ ...variables, code: '', refresh_token: '' });
  expect(read.events.listeners('prerequest')).toHaveLength(1);
});
