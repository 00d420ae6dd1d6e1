import { method } from '../method.ts';
import { dateText, integer, list, optional, struct, text } from '../schema.ts';

const segmentInfo = struct(
  'PerformanceSegmentInfoDTO',
  { zh: '分时段库存', en: 'One segment: a span of time with its own stock' },
  {
    start_time: dateText({ zh: '开始时间', en: 'First second of the segment, GMT+8' }, 'yyyy-MM-dd HH:mm:ss', {
      example: '2025-07-04 00:00:00',
    }),
    end_time: dateText({ zh: '结束时间', en: 'Last second of the segment, inclusive, GMT+8' }, 'yyyy-MM-dd HH:mm:ss', {
      example: '2025-09-30 23:59:59',
    }),
    win_times: integer({ zh: '本时段库存', en: 'Wins the segment allows' }, { example: '2000' }),
    consumed_win_times: integer({ zh: '该时段已消耗库存', en: 'Wins already given in the segment' }, { example: '0' }),
  },
);

/** What one draw activity is and how much stock each of its segments has. */
export const lotteryPerformanceConfigQuery = method({
  name: 'taobao.film.lottery.performance.config.query',
  category: 'film',
  title: { zh: '淘票票履约活动配置查询', en: 'Draw activity query' },
  purpose: {
    zh: '三方渠道合作,查询活动信息,尤其是库存信息：上下架状态，以及各时段的库存与已消耗库存。',
    en: 'Shows a partner channel one draw activity: whether it is on shelf, and the stock and use of each segment.',
  },
  package: 'film.lottery',
  session: 'none',
  kind: 'read',
  outcome: { at: 'return_code', done: ['0'], message: 'return_message' },
  request: {
    performance_query_config_param: struct(
      'PerformanceQueryConfigParam',
      { zh: '查询参数', en: 'Which activity, asked by which channel' },
      {
        spread_id: text(
          { zh: '活动ID', en: 'Id of the activity' },
          { example: 'prizePool_bkop558uhmi213ixredo4cjeqcrufx1bgglkt', maxLength: 128 },
        ),
        biz_ext_info: optional(
          text({ zh: '拓展信息', en: 'Extension data: the text of a JSON object' }, { example: '{}', jsonObject: {} }),
        ),
        platform: integer({ zh: '渠道', en: 'Number of the channel the activity belongs to' }, { example: '8' }),
      },
    ),
  },
  response: {
    return_value: optional(
      struct(
        'PerformanceQueryConfigResult',
        { zh: '返回值', en: 'The activity; left out unless return_code is 0' },
        {
          name: text({ zh: '活动名称', en: 'Name of the activity' }, { example: '三方合作发券' }),
          status: integer(
            { zh: '活动状态(1-上架、2-下架)', en: 'State of the activity' },
            { example: '1', values: { '1': { zh: '上架', en: 'on shelf' }, '2': { zh: '下架', en: 'off shelf' } } },
          ),
          segment_infos: list(segmentInfo, { zh: '分时段库存信息', en: 'The segments, earliest first' }),
        },
      ),
    ),
    return_message: text({ zh: '错误原因', en: 'Reason in words' }, { example: '成功' }),
    return_code: text(
      { zh: '错误码,0表示成功', en: 'Business code; 0 is success' },
      {
        example: '0',
        values: {
          '0': { zh: '成功', en: 'success' },
          '200001': { zh: '活动不存在', en: 'no activity bears this spread_id' },
          '200002': { zh: '渠道与活动不匹配', en: 'the activity belongs to another channel' },
        },
      },
    ),
  },
});
