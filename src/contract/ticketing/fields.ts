import type { TSchema } from 'typebox';
import type { Outcome } from '../outcome.ts';
import { bool, dateText, integer, type Label, list, optional, struct, text } from '../schema.ts';

const AUTHORIZE = {
  '1': { zh: '已授权', en: 'authorised' },
  '2': { zh: '未授权', en: 'not authorised' },
} as const;

/** States of a sale now. */
export const SALE_STATES = {
  '1': { zh: '待销售', en: 'not yet on sale' },
  '2': { zh: '销售中', en: 'on sale' },
  '3': { zh: '销售结束', en: 'sale over' },
} as const;

/** 1 yes, 0 no. */
export const YES_NO = {
  '1': { zh: '是', en: 'yes' },
  '0': { zh: '否', en: 'no' },
} as const;

/** The language of names and texts in the answer; Chinese unless asked otherwise. */
export const langType = optional(
  integer(
    { zh: '语言类型:1=中文,2=英文', en: 'Language of the answer; Chinese when left out' },
    { example: '1', values: { '1': { zh: '中文', en: 'Chinese' }, '2': { zh: '英文', en: 'English' } } },
  ),
);

/** The three tokens by which every method of the family knows its caller; they are secrets. */
export const tokens = {
  tenant_token: text(
    { zh: '向api服务提供商获取', en: 'Credential of the tenant, from the API provider' },
    { example: 'BrZIAxcXYJ72Idfk1231+mCzqSXZLWtCnikX/', maxLength: 256 },
  ),
  ptnr_token: text(
    { zh: '向api服务提供商获取', en: 'Credential of the partner of that tenant, from the API provider' },
    { example: 'v1KtwpNaDzuE459yus3m6F7FEG+2u39r5xP5icqyW', maxLength: 256 },
  ),
  channel_token: text(
    { zh: '向api服务提供商获取', en: 'Credential of the sales channel of that partner, from the API provider' },
    { example: 'St5dnxCv1KtwpNaDzuE459yus3m6F7FEG+2u39r5x', maxLength: 256 },
  ),
};

/** Whether the calling channel may sell an event or tier. */
export const channelAuthorizeState = integer(
  { zh: '渠道授权状态:1=已授权,2=未授权', en: 'Whether the calling channel may sell it' },
  { example: '1', values: AUTHORIZE },
);

/** The name of a venue. */
export const siteName = text({ zh: '场馆名称', en: 'Name of the venue' }, { example: '北京展览馆' });

/** How many tickets one unit of a tier is, as order.submit counts them; no stock (inferred from the samples). */
export const goodsCount = (example: string, isChild = false) =>
  integer(
    isChild
      ? { zh: '商品数量:一份套票含该票档的张数', en: 'Tickets of this tier in one package' }
      : { zh: '商品数量:一份所含张数,单票为1', en: 'Tickets in one unit: 1, of a package what its children come to' },
    { example, minimum: 0 },
  );

/** What of a tier is sold and what is left, with how many tickets one unit of it is. */
export const stock = (goods: ReturnType<typeof goodsCount>, sale: string, margin: string) => ({
  goods_count: goods,
  sale_count: integer({ zh: '已销售库存数量', en: 'Tickets sold' }, { example: sale, minimum: 0 }),
  margin_count: integer(
    {
      zh: '剩余库存数量',
      en: 'Tickets that can be bought now: not sold and not held by unpaid orders; of a package, also no more than its children allow',
    },
    { example: margin, minimum: 0 },
  ),
});

const childPriceVo = struct(
  'ChildPriceVo',
  { zh: '子票档信息', en: 'A price tier that is part of a package' },
  {
    price_id: text({ zh: '票档ID', en: 'Price tier id' }, { example: '32131' }),
    price_name: text({ zh: '票档名称', en: 'Name of the tier' }, { example: '180元' }),
    price: text({ zh: '票档价格', en: 'Price in fen' }, { example: '18000' }),
    price_color: text({ zh: '票档颜色', en: 'Colour of the tier on seat plans' }, { example: '#1203' }),
    ...stock(goodsCount('10', true), '210', '8001'),
    channel_authorize_state: channelAuthorizeState,
  },
);

/** A price tier or package as project.detail shows it. */
const priceVo = struct(
  'PriceVo',
  { zh: '票档信息', en: 'A price tier or a package' },
  {
    price_id: text({ zh: '票档ID', en: 'Price tier id' }, { example: '432411' }),
    price_name: text({ zh: '票档名称', en: 'Name of the tier' }, { example: '180元' }),
    price: text({ zh: '票档价格', en: 'Price in fen' }, { example: '18000' }),
    price_color: text({ zh: '票档颜色', en: 'Colour of the tier on seat plans' }, { example: '#1201' }),
    is_support_free_combination: integer(
      { zh: '是否支持自由组合', en: 'Whether buyers may combine tickets of the tier freely' },
      { example: '1', values: YES_NO },
    ),
    is_coupon_ticket: integer(
      { zh: '是否套票', en: 'Whether the tier is a package of other tiers' },
      { example: '1', values: YES_NO },
    ),
    child_list: optional(
      list(childPriceVo, { zh: '子票档信息列表', en: 'The tiers of a package; left out for a plain tier' }),
    ),
    ...stock(goodsCount('10'), '102', '10231'),
    channel_authorize_state: channelAuthorizeState,
  },
);

const eventDiscountVo = struct(
  'EventDiscountVo',
  { zh: '场次下优惠信息', en: 'A discount of an event' },
  {
    discount_type: integer({ zh: '优惠类型', en: 'Kind of discount' }, { example: '1' }),
    discount_type_name: text({ zh: '优惠类型名称', en: 'Name of that kind' }, { example: '优惠码' }),
    discount_name: text({ zh: '优惠名称', en: 'Name of the discount' }, { example: '1000-60' }),
    discount_show_info: text({ zh: '优惠展示信息', en: 'Text to show to buyers' }, { example: '1000-60' }),
  },
);

/** An event as project.detail and event.list show it. */
export const eventVo = struct(
  'EventVo',
  { zh: '场次信息', en: 'One performance of a project' },
  {
    event_id: text({ zh: '场次ID', en: 'Event id' }, { example: '32131231' }),
    event_name: text({ zh: '场次名称', en: 'Name of the event' }, { example: '周杰伦20190101' }),
    project_id: text({ zh: '项目ID', en: 'Project id' }, { example: '3213111' }),
    project_name: text({ zh: '项目名称', en: 'Name of the project' }, { example: '周杰伦演唱会' }),
    event_show_start_time: dateText({ zh: '场次演出开始时间', en: 'Start of the show, GMT+8' }, 'yyyy-MM-dd HH:mm', {
      example: '2019-04-13 11:11',
    }),
    event_show_end_time: dateText({ zh: '场次演出结束时间', en: 'End of the show, GMT+8' }, 'yyyy-MM-dd HH:mm', {
      example: '2019-04-13 11:11',
    }),
    channel_authorize_state: channelAuthorizeState,
    event_sale_state: integer(
      { zh: '场次销售状态:1=待销售;2=销售中;3=销售结束', en: 'State of the sale now' },
      { example: '1', values: SALE_STATES },
    ),
    site_id: text({ zh: '场馆ID', en: 'Venue id' }, { example: '3123144' }),
    site_name: siteName,
    site_version_id: text({ zh: '场馆版本号ID', en: "Id of the venue's seat plan version" }, { example: '3124111' }),
    price_list: list(priceVo, { zh: '场次下票档信息列表', en: 'Price tiers and packages on offer' }),
    event_discount_list: list(eventDiscountVo, { zh: '场次下优惠信息列表', en: 'Discounts of the event' }),
    event_limit_type: integer(
      {
        zh: '场次购票限制类型:0=不限购,1=实名制购票(一单一证),2=一票一证',
        en: 'Whether buyers must give identity documents',
      },
      {
        example: '1',
        values: {
          '0': { zh: '不限购', en: 'no limit' },
          '1': { zh: '实名制购票(一单一证)', en: 'real name, one document per order' },
          '2': { zh: '一票一证', en: 'one document per ticket' },
        },
      },
    ),
    seat_total_num: integer({ zh: '场馆座位数量', en: 'Seats in the venue' }, { example: '1231', minimum: 0 }),
  },
);

/** The first refusals of every method of the family, by result_code: a token leads nowhere. */
export const TOKEN_RESULTS = {
  '10201': { zh: 'tenant_token 无效', en: 'tenant_token is unknown' },
  '10202': { zh: 'ptnr_token 无效或不属于该租户', en: 'ptnr_token is unknown or of another tenant' },
  '10203': {
    zh: 'channel_token 无效或不属于该合作方',
    en: 'channel_token is unknown or of another partner',
  },
} as const;

/** Where every method of the family says whether it was done. */
export const RESULT_DATA: Outcome = {
  at: 'result_data.success',
  done: [true],
  code: 'result_data.result_code',
  message: 'result_data.result_msg',
};

/** Words as they are listed: with a dash for what only a case of its own can fill in. */
const listed = ({ zh, en }: Label): Label => ({ zh: zh.replace(/\{\w+\}/g, '…'), en: en.replace(/\{\w+\}/g, '…') });

/**
 * The wrapper in which every method of the family answers.
 * @param values what result_code may say, with the words of result_msg; what stands in braces is filled in by answers
 * @param example the result_code that the page prints
 * @param payload the fields beside the result, left out unless success is true
 */
export const resultData = <P extends Record<string, TSchema>>(
  values: Readonly<Record<string, Label>>,
  example: string,
  payload: P,
) =>
  struct(
    'ResultData',
    { zh: '统一返回值对象', en: 'The answer; look at success first' },
    {
      success: bool({ zh: '是否成功', en: 'Whether it was done' }, { example: 'true' }),
      result_code: integer(
        { zh: '状态码', en: 'What happened' },
        { example, values: Object.fromEntries(Object.entries(values).map(([code, words]) => [code, listed(words)])) },
      ),
      result_msg: text({ zh: '提示信息', en: 'The same in words, in the language asked for' }, { example: '成功' }),
      ...payload,
    },
  );
