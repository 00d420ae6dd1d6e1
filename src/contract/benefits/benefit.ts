import { method } from '../method.ts';
import { bool, date, integer, list, optional, struct, text } from '../schema.ts';
import { benefitActivityContracts } from './activity.ts';
import { benefitErrors } from './errors.ts';
import { benefitSendContracts } from './send.ts';

const selectorQuery = struct(
  'BenefitSelectorQuery',
  { zh: '权益选择器请求', en: 'What to select' },
  {
    benefit_id: optional(
      integer({ zh: '权益id(步骤3必填)', en: 'Id of a benefit template; needed in step 3' }, { example: '4342321' }),
    ),
    benefit_type: optional(
      text(
        {
          zh: '权益类型(步骤2,3必填)',
          en: 'Name of the type; step 2 needs it or config_id, in step 3 it must fit when given',
        },
        { example: 'ALIPAY_COUPON', maxLength: 64 },
      ),
    ),
    config_id: optional(
      integer(
        {
          zh: '新权益类型id',
          en: 'Number of the type: 1 Alipay red packet, 4 data traffic wallet, 13 Youku membership, 14 lottery',
        },
        { example: '1' },
      ),
    ),
    exclude_options: optional(
      integer(
        { zh: '需要过滤的option', en: 'Bit mask: templates that bear any of these options are left out' },
        { example: '2', minimum: 0 },
      ),
    ),
    step: integer(
      {
        zh: '选择器步骤可选1,2,3,1:展示卖家能够选择的权益类型2:必填BenefitType,展示卖家该种类型下的权益3:必填BenefitType和benefitId,展示卖家该权益的详情',
        en: 'Step of the selection',
      },
      {
        example: '1',
        missing: 'isv.param-error:2011',
        values: {
          '1': { zh: '展示卖家能够选择的权益类型', en: 'the types the seller may choose' },
          '2': { zh: '展示卖家该种类型下的权益', en: "the seller's benefits of one type" },
          '3': { zh: '展示卖家该权益的详情', en: 'one benefit of the seller in detail' },
        },
      },
    ),
    current_page: optional(
      integer(
        {
          zh: '选择器步骤选择2时,查询指定类型权益列表分页查询参数',
          en: 'Page in step 2, from 1; counts when page_query_request is true',
        },
        { example: '1', minimum: 1 },
      ),
    ),
    page_size: optional(
      integer(
        {
          zh: '选择器步骤选择2时,查询指定类型权益列表分页查询参数',
          en: 'Templates a page in step 2, 1 to 100, 20 unless given; counts when page_query_request is true',
        },
        { example: '20', minimum: 1, maximum: 100 },
      ),
    ),
    page_query_request: optional(
      bool(
        {
          zh: '传true时列表进行分页查询,分页查询时不会对发放完的模板过滤;传false时分页查询的current_page和page_size不传,接口语义和之前一致。',
          en: 'true: the list comes by pages and keeps used-up templates. Otherwise all templates that are not used up, 1000 at most.',
        },
        { example: 'false' },
      ),
    ),
  },
  { missing: 'isv.param-error:112' },
);

const benefitTemplate = struct(
  'BenefitTemplateVo',
  { zh: '权益模板', en: 'One benefit template' },
  {
    benefit_id: integer({ zh: '权益id', en: 'Id of the template' }, { example: '12335232' }),
    denomination: integer({ zh: '面额', en: 'Face value in fen' }, { example: '500' }),
    end_time: date({ zh: '结束时间', en: 'End of its period' }, { example: '2015-06-10 15:06:53' }),
    extend_feature: optional(text({ zh: '扩展信息', en: 'Extension text, as stored' }, { example: '{key:value}' })),
    out_object_id: optional(
      text(
        { zh: '外部关联id(如支付宝红包模板id)', en: 'Id in the outside system, such as a red packet template' },
        { example: '201591203012519295912993129' },
      ),
    ),
    out_object_name: optional(
      text({ zh: '外部关联名称', en: 'Name in the outside system' }, { example: '支付宝红包1' }),
    ),
    relate_activity_num: integer({ zh: '关联活动数', en: 'Activities that relate to it' }, { example: '10' }),
    start_time: date({ zh: '开始时间', en: 'Start of its period' }, { example: '2015-06-10 15:06:53' }),
    status: integer({ zh: '状态', en: 'State: 1 in use, 2 withdrawn' }, { example: '1' }),
    valid_total_num: integer({ zh: '可用总数', en: 'How many can still be sent' }, { example: '5' }),
  },
);

/** Walks a seller through its own benefits: types, templates of a type, one template. */
export const benefitSelector = method({
  name: 'taobao.promotion.benefit.selector',
  category: 'benefit',
  title: { zh: '权益选择器接口', en: 'Benefit selector' },
  purpose: {
    zh: '权益选择器,查询用户已有权益,提供用户进行已拥有权益的选择操作,权益发放的前置操作。分三步：可选类型、某类型下的权益、单个权益详情。目前开放四种权益：支付宝红包--1;流量钱包--4;优酷会员--13;彩票--14，其中只有支付宝红包有 benefit_type(ALIPAY_COUPON)。',
    en: 'Lets a seller choose among the benefits it owns, which comes before sending them. Three steps: types, benefits of a type, one benefit. Open are Alipay red packets (1), data traffic wallets (4), Youku memberships (13) and lottery tickets (14); only the first has a benefit_type, ALIPAY_COUPON.',
  },
  package: 'promotion.benefit',
  session: 'required',
  kind: 'read',
  outcome: { at: 'is_success', done: [true] },
  request: { query: selectorQuery },
  response: {
    benefit_list: list(
      struct(
        'BenefitSelectorVo',
        { zh: '权益类型', en: 'One type' },
        {
          benefit_name: text({ zh: '权益名称', en: 'Name of the type' }, { example: '支付宝红包' }),
          benefit_type: optional(
            text({ zh: '权益类型', en: 'Name by which requests call the type' }, { example: 'ALIPAY_COUPON' }),
          ),
          benefit_type_long: integer({ zh: '权益类型id', en: 'Number of the type, its config_id' }, { example: '123' }),
          pack_detail_list: optional(
            list(benefitTemplate, { zh: '详情list', en: 'The templates asked for, by benefit_id' }),
          ),
          template_total_count: optional(
            integer(
              {
                zh: '选择器步骤选择2时,查询指定类型权益列表分页查询返回值,数据总量',
                en: 'How many templates match on all pages; present when the request has paging fields',
              },
              { example: '35' },
            ),
          ),
        },
      ),
      { zh: '权益列表信息', en: 'The types' },
    ),
    is_success: bool({ zh: '接口调用是否成功', en: 'Whether the call succeeded' }, { example: 'true' }),
  },
  errors: benefitErrors,
});

export const benefitContracts = [benefitSelector, ...benefitActivityContracts, ...benefitSendContracts] as const;
