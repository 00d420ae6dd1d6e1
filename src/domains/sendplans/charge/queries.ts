import type { Queryable, Sql, Transaction } from '../../../database/pool.ts';

/** A business code as stored; `status` 1 open, 2 closed; `perform_type` 1 month, 2 quarter, 3 year. */
export type Biz = {
  readonly biz_code: string;
  readonly source: string;
  readonly perform_type: number;
  readonly auto_renew: boolean;
  readonly status: number;
  readonly secret_sealed: Buffer;
  readonly private_key_sealed: Buffer;
  readonly public_key: string;
};

/** The business codes that exist, by code. */
export async function findBiz(sql: Queryable, codes: string[]): Promise<Map<string, Biz>> {
  const rows = await sql<Biz[]>`select * from sendplan_biz where biz_code = any ((select ${codes}::text[])::text[])`;
  return new Map(rows.map((row) => [row.biz_code, row]));
}

/** The business codes of a source and length of membership, in order. */
export async function findBizCodes(tx: Transaction, source: string, perform_type: number): Promise<string[]> {
  const rows = await tx<{ biz_code: string }[]>`
    select biz_code from sendplan_biz where source = ${source} and perform_type = ${perform_type} order by biz_code`;
  return rows.map(({ biz_code }) => biz_code);
}

/** Adds a business code; one that exists keeps its keys and takes everything else. */
export async function saveBiz(sql: Queryable, biz: Biz, changed: Partial<Biz>): Promise<void> {
  await sql`
    insert into sendplan_biz ${sql(biz)}
    on conflict (biz_code) do update set ${sql(changed as Biz)}`;
}

/** Adds a business code unless there is one of that name. */
export async function insertBiz(sql: Queryable, biz: Biz): Promise<void> {
  await sql`insert into sendplan_biz ${sql(biz)} on conflict do nothing`;
}

/** One charge, as `sendplan_charge` takes it: `at` in epoch milliseconds, the hash in hex, the sealed number in base64. */
export type ChargeCommand = {
  readonly at: number;
  readonly order_no: string;
  readonly member_hash: string;
  readonly member_sealed: string;
};

/** Charges of one business code in one transaction; the method's ret_code of each, in order. */
export async function charge(sql: Sql, biz_code: string, commands: ChargeCommand[]): Promise<number[]> {
  const rows = await sql<{ outcome: number }[]>`
    select * from sendplan_charge(${biz_code}, ${sql.json(commands)}::jsonb) as outcome`;
  return rows.map(({ outcome }) => outcome);
}

/** The keyed hash (hex) of who was charged by an order number of a business code; undefined when nobody was. */
export async function findCharged(sql: Sql, biz_code: string, order_no: string): Promise<string | undefined> {
  const [row] = await sql<{ member_hash: string }[]>`
    select encode(member_hash, 'hex') as member_hash from sendplan_charge
    where biz_code = ${biz_code} and order_no = ${order_no}`;
  return row?.member_hash;
}

/** Whose membership: the hash in hex, the second of the call since the epoch. */
export type VipKey = {
  readonly source: string;
  readonly perform_type: number;
  readonly member_hash: string;
  readonly second: number;
};

/** Whether the source sells such memberships, and whether the user has one that renews itself. */
export type VipStatus = { readonly known: boolean; readonly renewing: boolean };

/** The state of each key, in their order. Memberships begin and end on whole seconds: from the start to before the end. */
export const findVipStatus = (sql: Sql, keys: VipKey[]): Promise<VipStatus[]> => sql<VipStatus[]>`
  select * from sendplan_find_vips(${sql.json(keys)})`;

/** Sets whether memberships of a source and length renew themselves; false when the user has none. */
export async function setRenewing(
  sql: Queryable,
  { source, perform_type, member_hash }: Omit<VipKey, 'second'>,
  renewing: boolean,
): Promise<boolean> {
  const { count } = await sql`
    update sendplan_vip as vip set renewing = ${renewing} from sendplan_biz as biz
    where biz.source = ${source} and biz.perform_type = ${perform_type} and vip.biz_code = biz.biz_code
      and vip.member_hash = decode(${member_hash}, 'hex')`;
  return count > 0;
}
