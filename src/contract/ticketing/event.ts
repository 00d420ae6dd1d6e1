import { method } from '../method.ts';
import { integer, list, optional, struct, text } from '../schema.ts';
import {
  channelAuthorizeState,
  eventVo,
  goodsCount,
  langType,
  RESULT_DATA,
  resultData,
  TOKEN_RESULTS,
  tokens,
  YES_NO,
} from './fields.ts';

/** What the answer of event.list may say, by result_code. */
export const EVENT_LIST_RESULTS = {
  '20': { zh: '成功', en: 'success' },
  ...TOKEN_RESULTS,
  '10211': { zh: '项目不存在', en: 'no such project of this tenant' },
} as const;

/** The events of one project. */
export const eventList = method({
  name: 'alibaba.damai.maizuo.openapi.event.list',
  category: 'damai',
  title: { zh: '场次列表API', en: 'Events of a project' },
  purpose: {
    zh: '获取项目下场次列表',
    en: 'Gives the events of one project with their price tiers and live stock, as project.detail does.',
  },
  package: 'damai.maizuo',
  session: 'none',
  kind: 'read',
  outcome: RESULT_DATA,
  request: {
    project_param: struct(
      'ProjectParam',
      { zh: '查询项目参数', en: 'Which project, in which language, for whom' },
      {
        project_id: text({ zh: '项目ID', en: 'Project id' }, { example: '32321311', maxLength: 64 }),
        lang_type: langType,
        ...tokens,
      },
    ),
  },
  response: {
    result_data: resultData(EVENT_LIST_RESULTS, '20', {
      event_vo_list: optional(list(eventVo, { zh: '场次列表', en: 'Events in order of their start' })),
    }),
  },
});

/** What the answer of event.good.list may say, by result_code. */
export const EVENT_GOOD_LIST_RESULTS = {
  '20': { zh: '成功', en: 'success' },
  ...TOKEN_RESULTS,
  '10221': { zh: '场次不存在', en: 'no such event of this tenant' },
} as const;

/** The fields that tiers and their children share, in the order of the page. */
const goodsFields = (goods_count: ReturnType<typeof goodsCount>, price: string, id: string, color: string) => ({
  channel_authorize_state: channelAuthorizeState,
  margin_count: integer(
    { zh: '剩余数量', en: 'What can be bought now; of a package, no more than its children allow' },
    { example: '13231', minimum: 0 },
  ),
  sale_count: integer({ zh: '已售数量', en: 'Sold' }, { example: '2112', minimum: 0 }),
  goods_count,
  price: text({ zh: '票档价格', en: 'Price in fen' }, { example: price }),
  price_name: text({ zh: '票档名称', en: 'Name of the tier' }, { example: '180元' }),
  price_id: text({ zh: '票档ID', en: 'Price tier id; also the goods_id of its tickets' }, { example: id }),
  price_color: text({ zh: '票档颜色', en: 'Colour of the tier on seat plans' }, { example: color }),
});

const goodsPriceVo = struct(
  'PriceVo',
  { zh: '票档信息', en: 'A price tier or a package' },
  {
    child_list: optional(
      list(
        struct(
          'ChildPriceVo',
          { zh: '子票档信息', en: 'A tier of the package' },
          // The printed count is neither a package's size nor a stock beside what it prints as sold and left.
          goodsFields(goodsCount('2123', true), '18000', '3213111', '#2112'),
        ),
        { zh: '子票档列表', en: 'The tiers of a package; left out for a plain tier' },
      ),
    ),
    ...goodsFields(goodsCount('2123'), '18000', '432411', '#1201'),
    is_support_free_combination: integer(
      { zh: '是否支持自由组合', en: 'Whether buyers may combine tickets of the tier freely' },
      { example: '1', values: YES_NO },
    ),
    is_coupon_ticket: integer(
      { zh: '是否套票', en: 'Whether the tier is a package of other tiers' },
      { example: '1', values: YES_NO },
    ),
  },
);

/** What an event has to sell: price tiers and packages. Tickets here have no numbered seats, so no seats are listed. */
const eventGoodList = method({
  name: 'alibaba.damai.maizuo.openapi.event.good.list',
  category: 'damai',
  title: { zh: '场次商品列表查询', en: 'Goods of an event' },
  purpose: {
    zh: '查询场次下所有商品:票档与套票',
    en: 'Gives the price tiers and packages of one event with their live stock.',
  },
  package: 'damai.maizuo',
  session: 'none',
  kind: 'read',
  outcome: RESULT_DATA,
  request: {
    event_param: struct(
      'EventParam',
      { zh: '查询场次参数', en: 'Which event, in which language, for whom' },
      {
        event_id: text({ zh: '场次ID', en: 'Event id' }, { example: '32131231', maxLength: 64 }),
        lang_type: langType,
        ...tokens,
      },
    ),
  },
  response: {
    result_data: resultData(EVENT_GOOD_LIST_RESULTS, '20', {
      event_goods_vo: optional(
        struct(
          'EventGoodsVo',
          { zh: '场次商品', en: 'The goods; left out unless success is true' },
          {
            event_id: text({ zh: '场次ID', en: 'Event id' }, { example: '3213111' }),
            price_vo_list: list(goodsPriceVo, { zh: '票档列表', en: 'Price tiers and packages on offer' }),
          },
        ),
      ),
    }),
  },
});

/** The methods that show events. */
export const damaiEventContracts = [eventList, eventGoodList] as const;
