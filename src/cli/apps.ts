import { randomUUID } from 'node:crypto';
import type { AnswerOf } from '../sdk/index.ts';
import { formatInstant } from '../wire/time.ts';
import { openClient } from './client.ts';
import { type ClientOptions, type Io, printJson, table, wholeNumber } from './io.ts';

type Options = ClientOptions & { json?: true };
type App = AnswerOf<'piaoquan.platform.app.get'>['app'];

const stateOf = ({ status }: App): string => (status === 1 ? 'live' : 'suspended');

/** Prints every app; as a list of objects when asked for JSON. */
export async function listApps(io: Io, options: Options): Promise<void> {
  const apps: App[] = [];
  for await (const app of openClient(io, options).items('piaoquan.platform.app.list', { page_size: 200 }))
    apps.push(app);
  if (options.json) return printJson(io, apps);
  const rows = apps.map((app) => [app.app_key, stateOf(app), app.name, app.packages.join(', ')]);
  io.out(table([['KEY', 'STATE', 'NAME', 'PACKAGES'], ...rows]));
}

/** Prints one app. */
export async function showApp(io: Io, app_key: string, options: Options): Promise<void> {
  const { app } = await openClient(io, options).call('piaoquan.platform.app.get', { query: { app_key } });
  if (options.json) return printJson(io, app);
  const secrets = app.secrets.map(({ created_at, expires_at }) => {
    const end = expires_at === undefined ? 'live' : `ends ${formatInstant(expires_at)}`;
    return `made ${formatInstant(created_at)}, ${end}`;
  });
  io.out(
    table([
      ['App key', app.app_key],
      ['Name', app.name],
      ['State', stateOf(app)],
      ['Packages', app.packages.join(', ')],
      ['May call from', app.ip_allow.join(', ') || 'any address'],
      ['Callbacks', app.callback_urls.join(', ') || 'none'],
      ['Signed by', app.sign_methods.join(', ') || 'any digest'],
      ['Calls a day', app.calls_per_day.toLocaleString('en')],
      ['Made', formatInstant(app.created_at)],
      ['Secrets', secrets.join('; ')],
    ]),
  );
}

type NewApp = Options & { name: string; package: string[]; callback?: string[]; uniqueId?: string };

/** Makes an app and prints its key and secret. */
export async function makeApp(io: Io, options: NewApp): Promise<void> {
  const { app_key, secret } = await openClient(io, options).call('piaoquan.platform.app.create', {
    unique_id: options.uniqueId ?? randomUUID(),
    app: {
      name: options.name,
      packages: options.package,
      ...(options.callback !== undefined && { callback_urls: options.callback }),
    },
  });
  if (options.json) return printJson(io, { app_key, secret });
  const shown =
    secret === undefined ? 'was shown when it was made; apps rotate gives another' : `${secret}   (shown this once)`;
  io.out(`App key     ${app_key}\nApp secret  ${shown}\n`);
}

const LONGEST_OVERLAP = 30 * 86_400;

/** Makes a new secret of an app and prints it. */
export async function rotateSecret(io: Io, app_key: string, options: Options & { overlap: string }): Promise<void> {
  const overlap_seconds = wholeNumber('--overlap', options.overlap, 0, LONGEST_OVERLAP);
  const { secret, old_expires_at } = await openClient(io, options).call('piaoquan.platform.app.secret.rotate', {
    rotation: { app_key, overlap_seconds },
  });
  if (options.json) return printJson(io, { app_key, secret, old_expires_at });
  const old = old_expires_at === undefined ? 'has ended' : `serves until ${formatInstant(old_expires_at)} GMT+8`;
  io.out(`App key     ${app_key}\nApp secret  ${secret}   (shown this once)\nThe old one ${old}.\n`);
}
