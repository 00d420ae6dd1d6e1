import { type damaiContracts, PROJECT_DETAIL_RESULTS, type projectDetail } from '../../contract/damai.ts';
import type { Handlers, RequestOf } from '../../contract/method.ts';
import { createLoader } from '../../database/load.ts';
import type { Sql } from '../../database/pool.ts';
import type { Vault } from '../../database/vault.ts';
import { type FoundProject, findProjects, type ProjectKey, TOKEN_PURPOSE } from './queries.ts';
import { readId, withSaleStates } from './rules.ts';

type ProjectParam = RequestOf<typeof projectDetail>['project_param'];
type ResultCode = keyof typeof PROJECT_DETAIL_RESULTS;

const result = (code: ResultCode, { lang_type }: ProjectParam) => ({
  success: code === '20',
  result_code: Number(code),
  result_msg: PROJECT_DETAIL_RESULTS[code][lang_type === 2 ? 'en' : 'zh'],
});

/** The first thing that stands in the way of an answer, tokens before the project. */
function outcome(found: FoundProject, { project_id }: ProjectParam): ResultCode {
  if (found.tenant_id === null) return '10201';
  if (found.ptnr_id === null) return '10202';
  if (found.channel_id === null) return '10203';
  if (!project_id) return '10210';
  return found.project === null ? '10211' : '20';
}

type LoadKey = [tenant_token: string, ptnr_token: string, channel_token: string, project_id: string, lang_type: number];

/** Requests with equal keys share one query. */
const loadKey = (param: ProjectParam): string =>
  JSON.stringify([
    param.tenant_token,
    param.ptnr_token,
    param.channel_token,
    param.project_id ?? '',
    param.lang_type ?? 1,
  ] satisfies LoadKey);

/** Tokens are hashed here, once a query, and kept nowhere. */
function projectKey(vault: Vault, key: string): ProjectKey {
  const [tenant_token, ptnr_token, channel_token, project_id, lang_type] = JSON.parse(key) as LoadKey;
  const hash = (token: string) => vault.hash(TOKEN_PURPOSE, token).toString('hex');
  return {
    tenant_hash: hash(tenant_token),
    ptnr_hash: hash(ptnr_token),
    channel_hash: hash(channel_token),
    project_id: readId(project_id),
    lang_type,
  };
}

/** Carries out the ticketing methods on the database. */
export const ticketingHandlers = ({ sql, vault }: { sql: Sql; vault: Vault }): Handlers<typeof damaiContracts> => {
  const load = createLoader<string, FoundProject>({
    async load(keys) {
      const wanted = keys.map((key) => projectKey(vault, key));
      const found = await findProjects(sql, wanted);
      return new Map(keys.map((key, index) => [key, found[index] as FoundProject]));
    },
  });
  return {
    'alibaba.damai.maizuo.openapi.project.detail': async ({ project_param }, { now }) => {
      const found = (await load(loadKey(project_param))) as FoundProject;
      const state = result(outcome(found, project_param), project_param);
      if (!state.success || found.project === null) return { result_data: state };
      return { result_data: { ...state, project_vo: withSaleStates(found.project, now) } };
    },
  };
};
