import { afterAll, beforeAll, expect, test } from 'vitest';
import { errorOf, postForm, signedCall } from '../../../../test/harness/exchange.ts';
import { startTestServer, type TestServer } from '../../../../test/harness/server.ts';
import type { SignMethod } from '../../../wire/base-text.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.close());

// biome-ignore lint/suspicious/noExplicitAny: answers of several methods
async function admin(name: string, business: object): Promise<any> {
  const answer = JSON.parse(await server.call(`piaoquan.platform.${name}`, { ...business, simplify: 'true' }));
  return answer.error_response ?? answer;
}

test('a digest that an app has switched off signs no call, from the very next one on, and the refusal names what does', async () => {
  const wish = { name: '签名', packages: ['platform.base'], sign_methods: ['hmac', 'hmac-sha256'] };
  const app = await admin('app.create', { unique_id: 'digests', app: wish });
  const signedBy = async (sign_method: SignMethod) =>
    (
      await postForm(
        server.url,
        signedCall('taobao.time.get', [], {
          set: { app_key: app.app_key, session: undefined },
          secret: app.secret,
          sign_method,
        }),
      )
    ).text;
  expect(errorOf(await signedBy('md5'))).toMatchObject({
    code: 25,
    sub_msg: expect.stringMatching(/no signature by md5: use hmac or hmac-sha256/),
  });
  for (const allowed of ['hmac', 'hmac-sha256'] as const)
    expect(await signedBy(allowed)).toContain('time_get_response');
  const save = (sign_methods: string[] | null) => admin('app.save', { app: { app_key: app.app_key, sign_methods } });
  expect((await save(['hmac-sha256'])).app).toMatchObject({ sign_methods: ['hmac-sha256'] });
  expect(errorOf(await signedBy('hmac'))).toMatchObject({ code: 25 });
  expect(await admin('app.save', { app: { app_key: app.app_key, sign_methods: ['sha1'] } })).toMatchObject({
    code: 41,
  });
  expect((await admin('app.save', { app: { app_key: app.app_key, name: 'x' } })).app).toMatchObject({
    sign_methods: ['hmac-sha256'],
  });
  for (const all of [null, []]) {
    await save(['hmac-sha256']);
    await save(all);
    expect(await signedBy('md5')).toContain('time_get_response');
  }
});
