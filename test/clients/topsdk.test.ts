import { createRequire } from 'node:module';
import { expect } from 'vitest';
import { type Client, testClient } from './suite.ts';

type TopClient = {
  execute(method: string, parameters: object, type?: 'get' | 'post'): Promise<Record<string, unknown>>;
};
const TopClient = createRequire(import.meta.url)('topsdk') as new (
  key: string,
  secret: string,
  url: string,
) => TopClient;

/** The client adds the name and code of an error to its message, and what it read as `data`. */
const errorForm = ({ code, msg, sub_code, sub_msg }: Record<string, unknown>) =>
  expect.objectContaining({
    name: 'TOPClientError',
    code,
    message: expect.stringContaining(`${msg}, code ${code}`),
    ...(sub_code !== undefined && { sub_code, message: `${msg}, code ${code}; ${sub_code}: ${sub_msg}` }),
    data: expect.stringContaining('"error_response"'),
  });

/** The client posts a form; its `get` is a GET that carries a form body. */
const open =
  (type: 'get' | 'post') =>
  (url: string, app_key: string, secret: string): Client => {
    const client = new TopClient(app_key, secret, url);
    return async (method, parameters) => {
      try {
        return { answer: await client.execute(method, parameters, type) };
      } catch (error) {
        return { error };
      }
    };
  };

testClient('topsdk by POST', open('post'), errorForm);
testClient('topsdk by GET', open('get'), errorForm);
