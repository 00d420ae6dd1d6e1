import { platformError } from '../../contract/errors.ts';
import type { lotteryPerformanceConfigQuery } from '../../contract/film.ts';
import type { Handlers } from '../../contract/method.ts';
import { createLoader } from '../../database/load.ts';
import type { Sql } from '../../database/pool.ts';
import { findActivities } from './queries.ts';
import { isObjectText } from './rules.ts';

const BIZ_EXT_INFO = 'performance_query_config_param.biz_ext_info';

/**
 * The handlers of the draw activities. Any permitted app may read any activity, an off-shelf one too; what does not
 * exist, or belongs to another channel, is told by the return_code of a normal answer.
 */
export const lotteryHandlers = ({ sql }: { sql: Sql }): Handlers<readonly [typeof lotteryPerformanceConfigQuery]> => {
  const findActivity = createLoader({ load: (spread_ids: string[]) => findActivities(sql, spread_ids) });
  return {
    'taobao.film.lottery.performance.config.query': async ({ performance_query_config_param: param }) => {
      if (param.biz_ext_info && !isObjectText(param.biz_ext_info))
        throw platformError('invalid-arguments', {
          argument: BIZ_EXT_INFO,
          sub_msg: `参数 ${BIZ_EXT_INFO} 不合法：应为 JSON 对象`,
        });
      const activity = await findActivity(param.spread_id);
      if (activity === undefined) return { return_message: '活动不存在', return_code: '200001' };
      if (activity.platform !== param.platform) return { return_message: '渠道与活动不匹配', return_code: '200002' };
      const { name, status, segment_infos } = activity;
      return { return_value: { name, status, segment_infos }, return_message: '成功', return_code: '0' };
    },
  };
};
