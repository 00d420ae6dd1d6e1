import { type benefitContracts, benefitSelector } from '../../contract/benefits/benefit.ts';
import { fault, type Handlers, type ResponseOf } from '../../contract/method.ts';
import type { Sql } from '../../database/pool.ts';
import type { Vault } from '../../secrets/vault.ts';
import { activityHandlers } from './activity/handlers.ts';
import { findTypes, findTypesWithTemplates } from './queries.ts';
import { listWindow, type SelectorQuery, wantsTotal } from './rules.ts';
import { sendHandlers } from './send/handlers.ts';

type Types = ResponseOf<typeof benefitSelector>['benefit_list'];

const empty = (field: string): Error => fault(benefitSelector, 'isv.param-error:112', `入参为空：query.${field}`);
const unknown = (): Error => fault(benefitSelector, 'isv.param-error:250');

/** The handlers of the benefits. A seller sees its own templates only; another's is as unknown as none. */
export const benefitHandlers = ({ sql, vault }: { sql: Sql; vault: Vault }): Handlers<typeof benefitContracts> => ({
  'taobao.promotion.benefit.selector': async ({ query }, { user }) => ({
    benefit_list: await select(sql, query, user.user_id),
    is_success: true,
  }),
  ...activityHandlers({ sql }),
  ...sendHandlers({ sql, vault }),
});

async function select(sql: Sql, query: SelectorQuery, user_id: number): Promise<Types> {
  if (query.step === 2) return templatesOfType(sql, query, user_id);
  if (query.step === 1 && query.benefit_id == null) return openTypes(sql, query, user_id);
  const types = await oneBenefit(sql, query, user_id);
  return query.step === 1 ? types : types.filter((type) => type.pack_detail_list);
}

/** Step 1: the types the seller may choose, or the one named. */
async function openTypes(sql: Sql, query: SelectorQuery, user_id: number): Promise<Types> {
  const { config_id, benefit_type } = query;
  const types = await findTypes(sql, { user_id, config_id, benefit_type });
  if (types.length === 0 && namesType(query)) throw unknown();
  return types;
}

/** Step 2: the seller's templates of one type. */
async function templatesOfType(sql: Sql, query: SelectorQuery, user_id: number): Promise<Types> {
  if (!namesType(query)) throw empty('config_id');
  const { config_id, benefit_type } = query;
  const types = await findTypesWithTemplates(sql, {
    user_id,
    config_id,
    benefit_type,
    exclude_options: query.exclude_options ?? 0,
    with_total: wantsTotal(query),
    ...listWindow(query),
  });
  if (types.length === 0) throw unknown();
  return types;
}

/** One template of the seller inside its type, used up or not; the other types that fit the request stand bare. */
async function oneBenefit(sql: Sql, query: SelectorQuery, user_id: number): Promise<Types> {
  const { benefit_id, config_id, benefit_type } = query;
  if (benefit_id == null) throw empty('benefit_id');
  const types = await findTypesWithTemplates(sql, {
    user_id,
    config_id,
    benefit_type,
    benefit_id,
    exclude_options: query.exclude_options ?? 0,
    hide_used_up: false,
    limit: 1,
    offset: 0,
    with_total: wantsTotal(query),
  });
  if (types.every((type) => type.pack_detail_list.length === 0)) throw unknown();
  return types.map(({ pack_detail_list, template_total_count, ...type }) =>
    pack_detail_list.length === 0 ? type : { ...type, pack_detail_list, template_total_count },
  );
}

const namesType = ({ config_id, benefit_type }: SelectorQuery): boolean => config_id != null || benefit_type != null;
