import { BlockList, isIP, isIPv6 } from 'node:net';
import { createLoader } from '../batching/loader.ts';
import type { Sql } from '../database/pool.ts';
import { APP_SECRET } from '../secrets/sealed.ts';
import { SealError, type Vault } from '../secrets/vault.ts';

/** At most so many calls in each window of so many seconds. */
export type Frequency = { readonly max_calls: number; readonly window_seconds: number };

/** An app as the gateway keeps it in memory, with everything that decides whether its call goes through. */
export type App = {
  readonly app_key: string;
  readonly name: string;
  readonly status: 'live' | 'suspended';
  readonly secrets: readonly { readonly text: string; readonly expires_at: Date | null }[];
  readonly packages: ReadonlySet<string>;
  /** Undefined when calls may come from anywhere. */
  readonly ip_allow: { readonly list: BlockList; readonly printed: string } | undefined;
  readonly callback_urls: readonly string[];
  /** Digests that its calls may be signed with; empty for any. */
  readonly sign_methods: readonly string[];
  readonly calls_per_day: number;
  /** Limits of this app by method. */
  readonly frequencies: ReadonlyMap<string, Frequency>;
  /** Limits of all apps together by method. */
  readonly shared_frequencies: ReadonlyMap<string, Frequency>;
  /** Version of the platform's configuration that this record was read at. */
  readonly version: number;
};

type AppRow = {
  app_key: string;
  name: string;
  status: number;
  secrets: { secret: string; created_at: string; expires_at: string | null }[] | null;
  packages: string[] | null;
  ip_allow: string[];
  callback_urls: string[];
  sign_methods: string[];
  calls_per_day: number;
  frequencies: (Frequency & { app_key: string; method: string })[] | null;
  version: number;
};

/**
 * The apps of the platform, kept in memory by app_key. A record is only good while the configuration has the version it
 * was read at; the statement that admits a call finds out (see quotas.ts) and calls {@link AppStore.forget}.
 */
export type AppStore = {
  /** The app of a key when it is in memory. */
  kept(app_key: string): App | undefined;
  /** The app of a key; undefined when there is none, which is always asked of the database. */
  find(app_key: string): Promise<App | undefined>;
  /** Whether the configuration has changed since the record was read; asks the database. */
  isStale(app: App): Promise<boolean>;
  /** Drops every record read before a version. */
  forget(version: number): void;
};

/** Opens the store of apps on a database. */
export function openAppStore(sql: Sql, vault: Vault): AppStore {
  let version = 0;
  const kept = new Map<string, App>();
  const forget = (newer: number): void => {
    if (newer <= version) return;
    version = newer;
    kept.clear();
  };
  const load = createLoader<string, App | SealError>({
    async load(app_keys) {
      const rows = await selectApps(sql, app_keys);
      return new Map(rows.map((row) => [row.app_key, openApp(row, vault)]));
    },
  });
  const loadVersion = createLoader<'version', number>({
    async load() {
      const [row] = await sql<{ version: number }[]>`select version from platform_config_version`;
      return new Map([['version', row?.version ?? 0]]);
    },
  });
  return {
    forget,
    kept: (app_key) => kept.get(app_key),
    async find(app_key) {
      const found = kept.get(app_key) ?? (await load(app_key));
      if (found === undefined) return undefined;
      if (found instanceof SealError) throw found;
      forget(found.version);
      if (found.version === version) kept.set(app_key, found);
      return found;
    },
    async isStale(app) {
      const present = (await loadVersion('version')) ?? 0;
      forget(present);
      return app.version !== present;
    },
  };
}

const selectApps = (sql: Sql, app_keys: readonly string[]) => sql<AppRow[]>`
  select a.app_key, a.name, a.status, a.ip_allow::text[] as ip_allow, a.callback_urls, a.sign_methods, a.calls_per_day,
    v.version,
    (select json_agg(json_build_object('secret', encode(s.secret, 'hex'), 'created_at', s.created_at, 'expires_at', s.expires_at) order by s.created_at desc)
     from platform_app_secret s where s.app_key = a.app_key) as secrets,
    (select array_agg(p.package) from platform_app_package p where p.app_key = a.app_key) as packages,
    (select json_agg(f) from platform_frequency f where f.app_key in (a.app_key, '*')) as frequencies
  from platform_app a, platform_config_version v
  where a.app_key = any(${app_keys as string[]})`;

/** An app, or why its secret does not open: the others that are read along with it are none the worse for it. */
function openApp(row: AppRow, vault: Vault): App | SealError {
  try {
    return toApp(row, vault);
  } catch (error) {
    if (error instanceof SealError) return error;
    throw error;
  }
}

function toApp(row: AppRow, vault: Vault): App {
  const frequencies = row.frequencies ?? [];
  const limitsOf = (app_key: string) =>
    new Map(frequencies.filter((each) => each.app_key === app_key).map((each) => [each.method, each]));
  return {
    app_key: row.app_key,
    name: row.name,
    status: row.status === 1 ? 'live' : 'suspended',
    secrets: (row.secrets ?? []).map(({ secret, created_at, expires_at }) => ({
      text: vault.open(APP_SECRET, [row.app_key, new Date(created_at)], Buffer.from(secret, 'hex')),
      expires_at: expires_at === null ? null : new Date(expires_at),
    })),
    packages: new Set(row.packages ?? []),
    ip_allow:
      row.ip_allow.length === 0 ? undefined : { list: blockList(row.ip_allow), printed: row.ip_allow.join(',') },
    callback_urls: row.callback_urls,
    sign_methods: row.sign_methods,
    calls_per_day: row.calls_per_day,
    frequencies: limitsOf(row.app_key),
    shared_frequencies: limitsOf('*'),
    version: row.version,
  };
}

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits = ''] = range.split('/');
    list.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  return list;
}

/** Whether calls of an app may be signed with a digest; the old form without `sign_method` is md5 too. */
export const allowsDigest = ({ sign_methods }: App, method: string): boolean =>
  sign_methods.length === 0 || sign_methods.includes(method);

/** Whether an app may be called from an address. */
export function allowsAddress(app: App, address: string): boolean {
  if (app.ip_allow === undefined) return true;
  // A dual-stack socket reports IPv4 callers as ::ffff:a.b.c.d.
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  return isIP(plain) !== 0 && app.ip_allow.list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
}

/** The newest secret of an app that is valid at an instant. */
export const newestSecret = (app: App, now: Date): string | undefined =>
  app.secrets.find(({ expires_at }) => expires_at === null || expires_at > now)?.text;

/** The live apps, oldest first, at most 200. */
export const listApps = (sql: Sql): Promise<{ app_key: string; name: string }[]> => sql`
  select app_key, name from platform_app where status = 1 order by created_at, app_key limit 200`;
