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
  /** Whether it is the embedded database of a data folder. */
  readonly embedded?: boolean;
  /** Whether a database that is marked the other kind is refused, before anything is changed. */
  readonly alone?: boolean;
};

/** The mark of a database; undefined before its first start. */
export async function readMark(sql: Queryable): Promise<Kind | undefined> {
  const [table] = await sql<{ there: boolean }[]>`select to_regclass('schema_kind') is not null as there`;
  if (!table?.there) return undefined;
  const [row] = await sql<{ kind: Kind }[]>`select kind from schema_kind`;
  return row?.kind;
}

/** Marks a new database, for good. To be called in the transaction that makes its schema. */
export async function mark(tx: Transaction, kind: Kind): Promise<void> {
  await tx`insert into schema_kind (kind) values (${kind})`;
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
