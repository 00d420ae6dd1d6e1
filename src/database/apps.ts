import { type Changing, logged, logMade, systemWriter, type Writer } from './change-log.ts';
import type { Sql, Transaction } from './pool.ts';

/** An app to be made: its secret sealed, and what the call that makes it once asked for. What is null is as usual. */
export type CreatedApp = {
  readonly app_key: string;
  readonly name: string;
  readonly secret: Buffer;
  readonly packages: readonly string[];
  readonly created_at: Date;
  readonly ip_allow?: readonly string[] | null | undefined;
  readonly callback_urls?: readonly string[] | null | undefined;
  readonly sign_methods?: readonly string[] | null | undefined;
  readonly calls_per_day?: number | null | undefined;
  readonly unique_id?: string;
  readonly content?: string;
};

/** Calls a day (GMT+8) that an app may make unless it was given another number. */
export const STANDARD_CALLS_PER_DAY = 1_000_000;

/**
 * Makes an app with its secret and packages, and enters it in the change log; false when its key or its unique_id is taken,
 * and then nothing was made.
 */
export async function insertApp(tx: Transaction, app: CreatedApp, writer: Writer): Promise<boolean> {
  const { app_key, created_at, unique_id = null, content = null } = app;
  const inserted = await tx`
    insert into platform_app
      (app_key, name, ip_allow, callback_urls, sign_methods, calls_per_day, created_at, unique_id, unique_content)
    values (${app_key}, ${app.name}, ${[...(app.ip_allow ?? [])]}::text[]::cidr[], ${[...(app.callback_urls ?? [])]},
      ${[...(app.sign_methods ?? [])]}, ${app.calls_per_day ?? STANDARD_CALLS_PER_DAY}, ${created_at}, ${unique_id},
      ${content}::text::jsonb)
    on conflict do nothing`;
  if (inserted.count === 0) return false;
  await tx`insert into platform_app_secret (app_key, secret, created_at) values (${app_key}, ${app.secret}, ${created_at})`;
  await addPackages(tx, app_key, app.packages);
  const own = { app_key };
  await logMade(tx, writer, [['platform_app', own], ['platform_app_secret', own], packageRows(app_key, app.packages)]);
  return true;
}

/** The packages of an app, told in the order given. */
export const packageRows = (app_key: string, packages: readonly string[]): Changing => [
  'platform_app_package',
  { app_key },
  { package: packages },
];

/** Grants permission packages to an app; those it has stay. */
export async function grantPackages(sql: Sql, app_key: string, packages: readonly string[], now: Date): Promise<void> {
  const rows = [packageRows(app_key, packages)];
  await sql.begin((tx) => logged(tx, systemWriter(now), rows, () => addPackages(tx, app_key, packages)));
}

/** Does so in a transaction of the caller, who enters it. */
export async function addPackages(tx: Transaction, app_key: string, packages: readonly string[]): Promise<void> {
  await tx`
    insert into platform_app_package (app_key, package)
    select ${app_key}, p from unnest(${[...packages]}::text[]) p
    on conflict do nothing`;
}
