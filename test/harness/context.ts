import type { SessionContext } from '../../src/contract/method.ts';

/** The context of a call by the demo app, or by another one, with a session of the demo user. */
export const contextAt = (now: Date, app_key = '12345678'): SessionContext => ({
  ...{ app_key, actor: app_key, method: 'test', now, request_id: 'r', host: 'localhost' },
  user: { user_id: 6100000, nick: 'demo' },
});
