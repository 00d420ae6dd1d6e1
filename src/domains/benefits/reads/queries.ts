import { type LedgerReader, type LedgerSource, readLedger } from '../../../database/ledger.ts';
import type { Sql } from '../../../database/pool.ts';
import type { RunningStock } from '../../../database/stock.ts';

/** A seller with every type of benefits and whether it is open to it. */
export type SellerInfo = {
  readonly user_id: number;
  readonly nick: string | null;
  readonly template_count: number;
  readonly activity_count: number;
  readonly types: { config_id: number; benefit_name: string; benefit_type: string | null; is_open: boolean }[];
};

/** Sellers after a user id, in order. */
export async function findSellerPage(sql: Sql, after: number, limit: number): Promise<SellerInfo[]> {
  return sql<SellerInfo[]>`
    select seller.user_id, u.nick,
      (select count(*) from benefit_template t where t.user_id = seller.user_id) as template_count,
      (select count(*) from benefit_activity a where a.user_id = seller.user_id and a.status = 'VALID') as activity_count, (
        select coalesce(json_agg(json_build_object('config_id', t.config_id, 'benefit_name', t.benefit_name,
          'benefit_type', t.benefit_type, 'is_open', own.user_id is not null) order by t.config_id), '[]')
        from benefit_type t left join benefit_seller_type own on own.user_id = seller.user_id and own.config_id = t.config_id
      ) as types
    from benefit_seller seller left join platform_user u using (user_id)
    where seller.user_id > ${after} order by seller.user_id limit ${limit}`;
}

/** A benefit that relates to an activity, or did. */
export type ActivityDetail = {
  readonly detail_id: number;
  readonly benefit_id: number;
  readonly config_id: number;
  readonly out_object_name: string | null;
  readonly status: string;
};

/** An activity of a seller with the benefits that relate to it. */
export type ActivityInfo = {
  readonly relation_id: number;
  readonly name: string;
  readonly activity_url: string | null;
  readonly desc: string | null;
  readonly start_time: Date;
  readonly end_time: Date;
  readonly status: string;
  readonly created_at: Date;
  readonly details: ActivityDetail[];
};

/** Which activities of a seller: before a relation id, one or of one state where given. */
export type ActivityFilter = {
  readonly user_id: number;
  readonly relation_id: number | null;
  readonly status: string | null;
  readonly before: number;
};

/** Activities of a seller, newest first. */
export async function findActivities(
  sql: Sql,
  { user_id, relation_id, status, before }: ActivityFilter,
  limit: number,
): Promise<ActivityInfo[]> {
  return sql<ActivityInfo[]>`
    select a.relation_id, a.name, a.activity_url, a."desc", a.start_time, a.end_time, a.status, a.created_at, (
        select coalesce(json_agg(json_build_object('detail_id', d.detail_id, 'benefit_id', d.benefit_id, 'config_id', t.config_id,
          'out_object_name', t.out_object_name, 'status', d.status) order by d.detail_id), '[]')
        from benefit_detail d join benefit_template t using (user_id, benefit_id)
        where d.user_id = a.user_id and d.relation_id = a.relation_id) as details
    from benefit_activity a
    where a.user_id = ${user_id} and a.relation_id < ${before}
      and (${relation_id}::bigint is null or a.relation_id = ${relation_id}) and (${status}::text is null or a.status = ${status})
    order by a.relation_id desc limit ${limit}`;
}

type Template = readonly [user_id: number, benefit_id: number];

/** Reads `user_id/benefit_id`; undefined when it is something else. */
function readTemplate(key: string): Template | undefined {
  const found = /^(\d{1,16})\/(\d{1,16})$/.exec(key);
  return found ? [Number(found[1]), Number(found[2])] : undefined;
}

const adjusted = (sql: Sql, [user_id, benefit_id]: Template, delta: 'delta_total' | 'delta_valid'): LedgerSource => ({
  at: sql`adjusted_at`,
  kind: sql`case adjust_id when 'opening' then 'opening' else 'adjusted' end`,
  ...{ delta: sql`${sql(delta)}`, ref: sql`adjust_id`, reason: sql`reason`, operator: sql`operator` },
  from: sql`from benefit_adjustment where user_id = ${user_id} and benefit_id = ${benefit_id} and ${sql(delta)} <> 0`,
});

const sent = (sql: Sql, [user_id, benefit_id]: Template): LedgerSource => ({
  ...{ at: sql`sent_at`, kind: sql`'taken'`, delta: sql`-success_count`, ref: sql`unique_id`, no: sql`send_id` },
  from: sql`from benefit_send join benefit_send_detail using (user_id, unique_id)
    where user_id = ${user_id} and benefit_id = ${benefit_id} and success_count > 0`,
});

const ledgerOf =
  (counter: 'total_num' | 'valid_total_num', sources: (sql: Sql, template: Template) => LedgerSource[]): LedgerReader =>
  async (sql, key, page) => {
    const template = readTemplate(key);
    if (template === undefined) return undefined;
    const counted = sql`select ${sql(counter)} from benefit_template where user_id = ${template[0]} and benefit_id = ${template[1]}`;
    return readLedger(sql, counted, sources(sql, template), page);
  };

/** The ledgers of the benefits, by counter. */
export const benefitLedgers = {
  'benefit_template.total_num': ledgerOf('total_num', (sql, template) => [adjusted(sql, template, 'delta_total')]),
  'benefit_template.valid_total_num': ledgerOf('valid_total_num', (sql, template) => [
    adjusted(sql, template, 'delta_valid'),
    sent(sql, template),
  ]),
};

/** The templates that run, with the units that are left. */
export const runningBenefits: RunningStock = (sql, now, most) => sql`
  select 'benefit_template', t.user_id || '/' || t.benefit_id as key, coalesce(t.out_object_name, y.benefit_name),
    t.total_num, t.valid_total_num, extract(epoch from t.end_time)::bigint
  from benefit_template t join benefit_type y using (config_id)
  where not period_over(t.end_time, ${now}) and t.start_time <= ${now} and t.status = 1
  order by t.end_time, key limit ${most}`;
