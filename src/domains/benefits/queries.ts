import type { Queryable, Sql, Transaction } from '../../database/pool.ts';

/** A benefit template as the selector shows it. `denomination` in fen; `status`: 1 in use, 2 withdrawn. */
export type ShownTemplate = {
  benefit_id: number;
  denomination: number;
  end_time: Date;
  extend_feature: string | null;
  out_object_id: string | null;
  out_object_name: string | null;
  relate_activity_num: number;
  start_time: Date;
  status: number;
  valid_total_num: number;
};

/** A benefit template as stored, with its owner, its type and the bits by which callers may exclude it. */
export type Template = ShownTemplate & {
  user_id: number;
  config_id: number;
  options: number;
  total_num: number;
  /** How often one receiver may be sent it in each window of so many seconds. */
  max_sends?: number | null;
  window_seconds?: number | null;
};

/** A type of benefits; only some types have a benefit_type. */
export type BenefitType = { benefit_name: string; benefit_type: string | null; benefit_type_long: number };

/** A type with the templates asked for. */
export type TypeWithTemplates = BenefitType & { pack_detail_list: ShownTemplate[]; template_total_count?: number };

/** Which types: those open to the seller, narrowed to the one that has both the config_id and the benefit_type given. */
export type TypeQuery = {
  user_id: number;
  config_id?: number | null | undefined;
  benefit_type?: string | null | undefined;
};

/** Which templates of those types. */
export type TemplateQuery = TypeQuery & {
  /** Only this template. */
  benefit_id?: number | null | undefined;
  /** Templates that bear any of these bits are left out. */
  exclude_options: number;
  /** Whether templates of which nothing is left are left out. */
  hide_used_up: boolean;
  limit: number;
  offset: number;
  /** Whether to count all that match, beyond the limit too. */
  with_total: boolean;
};

type TemplateText = Omit<ShownTemplate, 'start_time' | 'end_time'> & { start_time: string; end_time: string };

// Conditions that are not asked for are left out, so that each form of the query gets the index that serves it.
const openTypes = (sql: Sql, { user_id, config_id, benefit_type }: TypeQuery) => sql`
  select t.config_id, t.benefit_name, t.benefit_type from benefit_seller_type s join benefit_type t using (config_id)
  where s.user_id = ${user_id}
    ${config_id == null ? sql`` : sql`and t.config_id = ${config_id}`}
    ${benefit_type == null ? sql`` : sql`and t.benefit_type = ${benefit_type}`}`;

const matching = (sql: Sql, { user_id, exclude_options, benefit_id, hide_used_up }: TemplateQuery) => sql`
  user_id = ${user_id} and config_id = t.config_id and options & ${exclude_options} = 0
  ${benefit_id == null ? sql`` : sql`and benefit_id = ${benefit_id}`}
  ${hide_used_up ? sql`and valid_total_num > 0` : sql``}`;

/** The types open to a seller, by config_id. */
export async function findTypes(sql: Sql, query: TypeQuery): Promise<BenefitType[]> {
  return sql<BenefitType[]>`
    select benefit_name, benefit_type, config_id as benefit_type_long
    from (${openTypes(sql, query)}) t order by config_id`;
}

/** The types open to a seller with its own templates that match, by benefit_id; one statement. */
export async function findTypesWithTemplates(sql: Sql, query: TemplateQuery): Promise<TypeWithTemplates[]> {
  const total = sql`, (select count(*) from benefit_template where ${matching(sql, query)}) as template_total_count`;
  const rows = await sql<(BenefitType & { pack_detail_list: TemplateText[]; template_total_count?: number })[]>`
    select benefit_name, benefit_type, config_id as benefit_type_long,
      (select coalesce(json_agg(page order by benefit_id), '[]') from (
        select benefit_id, denomination, end_time, extend_feature, out_object_id, out_object_name, relate_activity_num,
          start_time, status, valid_total_num
        from benefit_template where ${matching(sql, query)}
        order by benefit_id limit ${query.limit} offset ${query.offset}
      ) page) as pack_detail_list
      ${query.with_total ? total : sql``}
    from (${openTypes(sql, query)}) t order by config_id`;
  return rows.map((row) => ({ ...row, pack_detail_list: row.pack_detail_list.map(readTemplate) }));
}

const readTemplate = (template: TemplateText): ShownTemplate => ({
  ...template,
  start_time: new Date(template.start_time),
  end_time: new Date(template.end_time),
});

/** Opens a type to a seller; opening twice is opening once. */
export async function openType(sql: Queryable, user_id: number, config_id: number): Promise<void> {
  await sql`
    with seller as (insert into benefit_seller ${sql({ user_id })} on conflict do nothing)
    insert into benefit_seller_type ${sql({ user_id, config_id })} on conflict do nothing`;
}

/** Adds a template with its opening in the ledger; does nothing when its seller has one of that benefit_id. */
export async function insertTemplate(sql: Queryable, template: Template, now: Date, operator = 'demo'): Promise<void> {
  await sql`
    with seller as (insert into benefit_seller ${sql({ user_id: template.user_id })} on conflict do nothing),
    fresh as (insert into benefit_template ${sql(template)} on conflict do nothing returning *)
    insert into benefit_adjustment (user_id, benefit_id, adjust_id, delta_total, delta_valid, delta_relate, total_after, reason,
      operator, adjusted_at)
    select user_id, benefit_id, 'opening', total_num, valid_total_num, relate_activity_num, total_num, '期初', ${operator}, ${now}
    from fresh`;
}

/**
 * Holds a seller's row, which whoever changes its benefits does first, so that no two changes cross. From then on the
 * transaction reads tables by their keys alone, however small the planner takes them for.
 */
export async function holdSeller(tx: Transaction, user_id: number): Promise<void> {
  await tx`set local enable_seqscan = off`;
  await tx`insert into benefit_seller ${tx({ user_id })} on conflict do nothing`;
  await tx`select from benefit_seller where user_id = ${user_id} for no key update`;
}
