import { fault, type Handlers } from '../../contract/method.ts';
import { type platformContracts, topAuthTokenCreate, topAuthTokenRefresh } from '../../contract/platform/platform.ts';

/** The fields of the /token answer, or why there are none. */
type Granted = { readonly answer: object } | { readonly fault: string };

/** Exchanges codes and refresh tokens for the fields of the /token answer. */
type Tokens = {
  redeemCode(grant: { app_key: string; code: string }, now: Date): Promise<Granted>;
  refresh(grant: { app_key: string; refresh_token: string }, now: Date): Promise<Granted>;
};

/** The methods about the platform itself. */
export const platformHandlers = ({ tokens }: { tokens: Tokens }): Handlers<typeof platformContracts> => ({
  'taobao.time.get': async (_request, { now }) => ({ time: now }),

  'taobao.httpdns.get': async (_request, { host }) => ({ result: JSON.stringify(addressTable(host)) }),

  'taobao.top.auth.token.create': async ({ code }, { app_key, now }) => {
    const granted = await tokens.redeemCode({ app_key, code }, now);
    if ('fault' in granted) throw fault(topAuthTokenCreate, 'isv.invalid-parameter:code');
    return { token_result: JSON.stringify(granted.answer) };
  },

  'taobao.top.auth.token.refresh': async ({ refresh_token }, { app_key, now }) => {
    const granted = await tokens.refresh({ app_key, refresh_token }, now);
    if ('fault' in granted) throw fault(topAuthTokenRefresh, 'isv.invalid-parameter:refresh_token');
    return { token_result: JSON.stringify(granted.answer) };
  },
});

/**
 * The table cluster clients replace host names by (client notes, cluster clients). Its one address is the name by which
 * the caller came, so that following the table always leads back here, through any proxy.
 */
const addressTable = (host: string) => ({
  config: { version: '1', interval: '30', def_env: 'sh' },
  env: { sh: { [host]: { proto: 'http', vip: [`${host}|10`] } } },
  api: {},
  user: {},
});
