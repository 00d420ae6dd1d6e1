import { setTimeout as sleep } from 'node:timers/promises';
import { REFUSED } from '../contract/outcome.ts';
import { type AnswerOf, type Client, TopNetworkError } from '../sdk/index.ts';
import { formatInstant } from '../wire/time.ts';
import { openClient } from './client.ts';
import { type ClientOptions, clientSettings, type Io, printJson, wholeNumber } from './io.ts';

type LogOptions = ClientOptions & {
  follow?: true;
  lines: string;
  app?: string;
  method?: string;
  errors?: true;
  json?: true;
};
type Call = AnswerOf<'piaoquan.platform.call.list'>['calls'][number];
type Seen = Map<string, Date>;
type Filter = { app_key: string; method?: string; errors?: true };

const LIST = 'piaoquan.platform.call.list';
const POLL_MS = 1000;
/** Records are written up to a few seconds after their call, so a look reaches back over the last one. */
const OVERLAP_MS = 10_000;
/** Most records gone through to find the first lines. */
const MOST_SEEN = 20_000;

/** Prints the last records of the call log, oldest first, and new ones as they come until the signal says stop. */
export async function showLogs(io: Io, options: LogOptions): Promise<void> {
  const client = openClient(io, options);
  const count = wholeNumber('--lines', options.lines, 0, MOST_SEEN);
  const filter: Filter = {
    app_key: options.app ?? clientSettings(io, options).app_key,
    ...(options.method !== undefined && { method: options.method }),
    ...(options.errors && { errors: true }),
  };
  const print = (call: Call): void => (options.json ? printJson(io, call) : io.out(lineOf(call)));
  const look = await lookBack(client, filter, count);
  for (const call of look.found.reverse()) print(call);
  if (options.follow) await follow(io, client, filter, look.seen, print);
}

/** Whether a record is asked for. Looking at the log makes records too, which would fill it. */
const wanted = ({ method, errors }: Filter, call: Call): boolean =>
  (method !== undefined || call.method !== LIST) && (!errors || call.code !== 0);

/** The latest records, the latest first, and all of the last seconds before the latest, by their request_id. */
async function lookBack(client: Client, filter: Filter, count: number): Promise<{ found: Call[]; seen: Seen }> {
  const found: Call[] = [];
  const seen: Seen = new Map();
  let newest: Date | undefined;
  let looked = 0;
  for await (const call of records(client, filter)) {
    newest ??= call.called_at;
    const recent = call.called_at.getTime() >= newest.getTime() - OVERLAP_MS;
    if (recent) seen.set(call.request_id, call.called_at);
    if (found.length < count && wanted(filter, call)) found.push(call);
    if ((found.length === count && !recent) || ++looked === MOST_SEEN) break;
  }
  return { found, seen };
}

/** Records from an instant on, or of the last day, the latest first. */
function records(client: Client, { app_key, method }: Filter, start_time?: Date): AsyncIterable<Call> {
  const query = { app_key, ...(method !== undefined && { method }), ...(start_time !== undefined && { start_time }) };
  return client.items(LIST, { query, page_size: 200 });
}

/** Prints what comes, by the server's clock alone: ours may go otherwise. */
async function follow(io: Io, client: Client, filter: Filter, seen: Seen, print: (call: Call) => void): Promise<void> {
  const { signal } = io;
  let told = false;
  while (!signal.aborted) {
    try {
      for (const call of await unseen(client, filter, seen)) if (wanted(filter, call)) print(call);
      told = false;
    } catch (error) {
      if (!(error instanceof TopNetworkError)) throw error;
      if (!told) io.err(`piaoquan: ${error.message}; waiting for the server\n`);
      told = true;
    }
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Records that are new since the last look, oldest first; forgets those that no look will meet again. */
async function unseen(client: Client, filter: Filter, seen: Seen): Promise<Call[]> {
  const last = Math.max(...[...seen.values()].map((called_at) => called_at.getTime()));
  const start = seen.size === 0 ? undefined : new Date(last - OVERLAP_MS);
  const fresh: Call[] = [];
  for await (const call of records(client, filter, start)) if (!seen.has(call.request_id)) fresh.push(call);
  for (const call of fresh) seen.set(call.request_id, call.called_at);
  for (const [id, called_at] of seen) if (called_at.getTime() < last - OVERLAP_MS) seen.delete(id);
  return fresh.reverse();
}

function lineOf({ called_at, app_key, method, code, sub_code, duration_us, request_id }: Call): string {
  const outcome = code === 0 ? 'ok' : [code === REFUSED ? 'refused' : code, sub_code].filter(Boolean).join(' ');
  const duration = `${(duration_us / 1000).toFixed(1)} ms`.padStart(10);
  return `${formatInstant(called_at)}  ${(app_key ?? '-').padEnd(8)}${duration}  ${request_id}  ${method ?? '-'}  ${outcome}\n`;
}
