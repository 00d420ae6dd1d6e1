import { StartError } from '../start-error.ts';
import type { Queryable, Transaction } from './pool.ts';

/** What a database is, from its first start on: a sandbox with demo data and public secrets, or production. */
export type Kind = 'sandbox' | 'production';

/** The header of `/health` by which a server tells what its database is marked. */
export const KIND_HEADER = 'piaoquan-database';

/** Who brings a database up to date. */
export type Starter = {
  /** What a new database is marked. */
  readonly kind: Kind;
  /** Whether it is the embedded database of a data folder, which is a sandbox's whatever it holds. */
  readonly embedded?: boolean;
  /** Whether a database that is marked the other kind is refused, before anything is changed. */
  readonly alone?: boolean;
};

const DEMO_APP = '12345678';
const DEMO_OPERATOR = 'demo';

/**
 * Makes the mark's table, in whose one row nothing can be changed: the mark goes with a dump, and leaves with the schema
 * alone.
 */
async function makeTable(tx: Transaction): Promise<void> {
  await tx`
    create table schema_kind (
      one boolean primary key default true check (one),
      kind text not null check (kind in ('sandbox', 'production')),
      marked_at timestamptz not null default now())`;
  await tx`
    create or replace function schema_kind_stays() returns trigger language plpgsql as $body$
    begin
      raise exception 'what a database is marked is never changed';
    end $body$`;
  await tx`
    create trigger stays before update or delete or truncate on schema_kind
    for each statement execute function schema_kind_stays()`;
  await tx`comment on table schema_kind is 'What this database is, told by its first start and never changed.'`;
}

/** The mark of a database; undefined before its first start and in one that an earlier release made. */
export async function readMark(sql: Queryable): Promise<Kind | undefined> {
  const [table] = await sql<{ there: boolean }[]>`select to_regclass('schema_kind') is not null as there`;
  if (!table?.there) return undefined;
  const [row] = await sql<{ kind: Kind }[]>`select kind from schema_kind`;
  return row?.kind;
}

/**
 * Marks a database that has no mark. To be called in the transaction that makes its schema, under the lock of migrations.
 * @param earlier whether an earlier release made its schema, so that its data decide
 */
export async function mark(tx: Transaction, starter: Starter, earlier: boolean): Promise<void> {
  if ((await readMark(tx)) !== undefined) return;
  const kind = starter.embedded ? 'sandbox' : earlier ? await kindOfEarlier(tx, starter) : starter.kind;
  await makeTable(tx);
  await tx`insert into schema_kind (kind) values (${kind})`;
}

const exists = async (tx: Transaction, table: string, condition: string): Promise<boolean> => {
  const [found] = await tx<{ there: boolean }[]>`select to_regclass(${table}) is not null as there`;
  if (!found?.there) return false;
  return (await tx.unsafe(`select from ${table} where ${condition} limit 1`)).count > 0;
};

/**
 * What a database is that an earlier release made: a sandbox if the demo app is all that calls it, production if anything
 * else does or ever did, and what its starter is when it holds nothing. In production the demo app, whose secret is
 * public, is suspended: a sandbox was started on it by mistake.
 */
async function kindOfEarlier(tx: Transaction, { kind }: Starter): Promise<Kind> {
  const demo = await exists(tx, 'platform_app', `app_key = '${DEMO_APP}'`);
  const others =
    (await exists(tx, 'platform_app', `app_key <> '${DEMO_APP}'`)) ||
    (await exists(tx, 'platform_operator', `login <> '${DEMO_OPERATOR}'`));
  if (demo && !others) return 'sandbox';
  if (demo) await tx`update platform_app set status = 2 where app_key = ${DEMO_APP}`;
  // The master key is bound by the first server or app.
  return demo || others || (await exists(tx, 'platform_vault', 'true')) ? 'production' : kind;
}

const REFUSALS: Record<Kind, string> = {
  production:
    'this database is marked production, and a sandbox would write demo data with public secrets into it: nothing was changed, use another database',
  sandbox: 'this database is marked a sandbox, whose demo secrets are public: use another database',
};

/** Throws StartError if a database of this mark is not for this starter. */
export function mustSuit(found: Kind | undefined, { kind, alone }: Starter): void {
  if (alone && found !== undefined && found !== kind) throw new StartError(REFUSALS[found]);
}
