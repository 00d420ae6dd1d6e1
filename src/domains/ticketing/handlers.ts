import { keyOf } from '../../batching/key.ts';
import { createLoader, inOrder, keepLast } from '../../batching/loader.ts';
import type { Handlers } from '../../contract/method.ts';
import { type damaiContracts, PROJECT_DETAIL_RESULTS } from '../../contract/ticketing/damai.ts';
import { EVENT_GOOD_LIST_RESULTS, EVENT_LIST_RESULTS } from '../../contract/ticketing/event.ts';
import type { Sql } from '../../database/pool.ts';
import type { Vault } from '../../secrets/vault.ts';
import { createCallers, type Tokens, tokenHashes } from './callers.ts';
import { orderHandlers } from './orders/handlers.ts';
import { type FoundProject, findProjects, type ProjectKey } from './queries.ts';
import { readId, resultOf, saleStatesAt, tokenRefusal, withSaleStates } from './rules.ts';
import { qrcodeHandlers } from './tickets/handlers.ts';

/** Whose view of what: a project, or the one event of a project. */
type View = Tokens & {
  readonly project_id?: string | null | undefined;
  readonly event_id?: string;
  readonly lang_type?: LangType;
};

type LangType = number | null | undefined;

/** Requests with equal keys share one query. */
const viewKey = ({ tenant_token, ptnr_token, channel_token, project_id, event_id, lang_type }: View): string =>
  keyOf(tenant_token, ptnr_token, channel_token, project_id ?? '', event_id ?? '', lang_type ?? 1);

/** Tokens are hashed here, once a query, and kept nowhere. An id that names nothing finds nothing. */
const projectKey = (vault: Vault, { project_id, event_id, lang_type, ...tokens }: View): ProjectKey => ({
  ...tokenHashes(vault, tokens),
  project_id: readId(project_id ?? ''),
  event_id: project_id ? undefined : readId(event_id ?? ''),
  lang_type: lang_type ?? 1,
});

/** Carries out the ticketing methods of the Damai family on the database. */
export const ticketingHandlers = ({ sql, vault }: { sql: Sql; vault: Vault }): Handlers<typeof damaiContracts> => {
  const load = createLoader<View, FoundProject>({
    keyOf: viewKey,
    load: inOrder((views) =>
      findProjects(
        sql,
        views.map((view) => projectKey(vault, view)),
      ),
    ),
  });
  const viewOf = keepLast((found: FoundProject, states: string) => ({
    refusal: tokenRefusal(found),
    project: found.project && withSaleStates(found.project, states),
  }));
  const view = async (asked: View, now: Date) => {
    const found = (await load(asked)) as FoundProject;
    return viewOf(found, found.project === null ? '' : saleStatesAt(found.project, now));
  };
  const detailOf = keepLast((seen: ReturnType<typeof viewOf>, isNamed: boolean, lang_type: LangType) => {
    const { refusal, project } = seen;
    const code = refusal ?? (!isNamed ? '10210' : project === null ? '10211' : '20');
    const state = resultOf(PROJECT_DETAIL_RESULTS, '20', code, lang_type);
    return { result_data: state.success && project ? { ...state, project_vo: project } : state };
  });
  const callers = createCallers({ sql, vault });
  return {
    ...orderHandlers({ sql, vault, callers }),
    ...qrcodeHandlers({ sql, vault, callers }),
    'alibaba.damai.maizuo.openapi.project.detail': async ({ project_param }, { now }) =>
      detailOf(await view(project_param, now), Boolean(project_param.project_id), project_param.lang_type),
    'alibaba.damai.maizuo.openapi.event.list': async ({ project_param }, { now }) => {
      const { refusal, project } = await view(project_param, now);
      const code = refusal ?? (project === null ? '10211' : '20');
      const state = resultOf(EVENT_LIST_RESULTS, '20', code, project_param.lang_type);
      return { result_data: state.success ? { ...state, event_vo_list: project?.event_list } : state };
    },
    'alibaba.damai.maizuo.openapi.event.good.list': async ({ event_param }, { now }) => {
      const { refusal, project } = await view(event_param, now);
      const event = project?.event_list[0];
      const state = resultOf(EVENT_GOOD_LIST_RESULTS, '20', refusal ?? (event ? '20' : '10221'), event_param.lang_type);
      if (!state.success || event === undefined) return { result_data: state };
      return {
        result_data: { ...state, event_goods_vo: { event_id: event.event_id, price_vo_list: event.price_list } },
      };
    },
  };
};
