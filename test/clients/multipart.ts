import { createRequire } from 'node:module';
import { expect } from 'vitest';
import type { Client, ErrorForm } from './suite.ts';

type Callback = (error: unknown, answer: Record<string, unknown>) => void;
type ApiClient = { execute(method: string, parameters: object, callback: Callback): void };
type Package = { ApiClient: new (options: { appkey: string; appsecret: string; url: string }) => ApiClient };

/** Opens `ali-topsdk` or its older twin `taobao-sdk`: both post multipart forms and call back. */
export const openMultipart =
  (name: 'ali-topsdk' | 'taobao-sdk') =>
  (url: string, app_key: string, secret: string): Client => {
    const { ApiClient } = createRequire(import.meta.url)(name) as Package;
    const client = new ApiClient({ appkey: app_key, appsecret: secret, url });
    return (method, parameters) =>
      new Promise((done) => {
        // The client writes the method into what it is given.
        client.execute(method, { ...parameters }, (error, answer) => done(error ? { error } : { answer }));
      });
  };

/** They hand the inside of `error_response` over as it came. */
export const multipartError: ErrorForm = (error) => ({ ...error, request_id: expect.any(String) });
