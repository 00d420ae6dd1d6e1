import { type genieContracts, SEND_PLAN_QUERY_RESULTS } from '../../contract/genie.ts';
import type { Handlers } from '../../contract/method.ts';
import { createLoader } from '../../database/load.ts';
import type { Sql } from '../../database/pool.ts';
import { type CircleKey, type FoundCircle, findPlans } from './queries.ts';
import { isOpen, readUserInfo } from './rules.ts';

const result = (code: keyof typeof SEND_PLAN_QUERY_RESULTS) => ({
  ret_code: Number(code),
  ret_msg: SEND_PLAN_QUERY_RESULTS[code].zh,
});

/** Carries out the methods of the send plans on the database. */
export const sendplansHandlers = ({ sql }: { sql: Sql }): Handlers<typeof genieContracts> => {
  // Plans begin and end on whole seconds, so requests of one second may share a query.
  const load = createLoader<string, FoundCircle>({
    async load(keys) {
      const found = await findPlans(
        sql,
        keys.map((key) => JSON.parse(key) as CircleKey),
      );
      return new Map(keys.map((key, index) => [key, found[index] as FoundCircle]));
    },
  });
  return {
    'alibaba.ai.content.business.send.plan.query': async ({ param0 }, { now }) => {
      readUserInfo(param0.isv_user_info_map);
      const { circle_content, circle_id } = param0.circle_info;
      const second = Math.floor(now.getTime() / 1000);
      const key: CircleKey = { isv_id: param0.isv_id, circle_id, circle_content, second };
      const found = (await load(JSON.stringify(key))) as FoundCircle;
      if (found.isv_id === null) return { ret_value: [], ...result('1001') };
      if (found.circle_id === null) return { ret_value: [], ...result('1002') };
      return { ret_value: found.plans.filter((plan) => isOpen(plan, now)), ...result('0') };
    },
  };
};
