import { type Client, createClient } from '../sdk/index.ts';
import { type ClientOptions, clientSettings, type Io, wrongUsage } from './io.ts';

/** The client by which a command calls the platform. Throws wrong usage when its settings cannot be used. */
export function openClient(io: Io, options: ClientOptions, more: { retries?: number } = {}): Client {
  const { url, app_key, secret, session } = clientSettings(io, options);
  try {
    return createClient({ url, app_key, secret, session, ...more });
  } catch (error) {
    if (error instanceof TypeError) throw wrongUsage(error.message);
    throw error;
  }
}
