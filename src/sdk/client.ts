import { callBatch } from './batch.ts';
import { callOne } from './call.ts';
import { openExport } from './export.ts';
import { itemsOf, pagesOf } from './pages.ts';
import { addressesOf } from './transport.ts';
import type { Client, ClientOptions } from './types.ts';

/**
 * Opens a client of a platform for one app. Nothing is sent until the first call. Throws TypeError naming an option that
 * cannot be used.
 */
export function createClient(options: ClientOptions): Client {
  checkOptions(options);
  const session = { options, addresses: addressesOf(options.url) };
  const call = callOne(session);
  const client = {
    call,
    batch: callBatch(session),
    pages: pagesOf(call),
    items: itemsOf(call),
    export: openExport(call),
  };
  // Inside, requests and answers are plain records; what their members are, the types of the methods say.
  return client as unknown as Client;
}

function checkOptions({ app_key, secret, timeout_ms, retries }: ClientOptions): void {
  for (const [name, value] of Object.entries({ app_key, secret }))
    if (typeof value !== 'string' || value === '') throw new TypeError(`${name} is missing`);
  if (timeout_ms !== undefined && !(timeout_ms > 0)) throw new TypeError('timeout_ms must be above 0');
  if (retries !== undefined && !(retries >= 0)) throw new TypeError('retries must be 0 or more');
}
