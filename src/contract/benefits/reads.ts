import { adminRead, cursor, next_cursor, page_size } from '../common.ts';
import { method } from '../method.ts';
import { bool, date, integer, list, optional, struct, text } from '../schema.ts';

const user_id = integer({ zh: '卖家用户id', en: 'User id of the seller' }, { example: '6100000', minimum: 1 });
const count = (zh: string, en: string) => integer({ zh, en }, { example: '1' });
const STATUS = { VALID: { zh: '有效', en: 'living' }, DELETE: { zh: '已删除', en: 'deleted' } } as const;

/** Sellers of benefits, with the types open to each. */
const sellerList = method({
  ...adminRead,
  name: 'piaoquan.benefit.seller.list',
  title: { zh: '权益卖家列表', en: 'List sellers' },
  purpose: {
    zh: '分页列出有权益的卖家，及各权益类型是否对其开放。',
    en: 'Sellers with benefits by pages, and which types are open to each.',
  },
  request: { cursor: cursor(64), page_size },
  response: {
    sellers: list(
      struct(
        'BenefitSeller',
        { zh: '卖家', en: 'A seller' },
        {
          user_id,
          nick: optional(text({ zh: '昵称', en: 'Nick, when the platform knows it' }, { example: 'demo' })),
          template_count: count('权益模板数', 'How many templates it has'),
          activity_count: count('有效活动数', 'How many living activities it has'),
          types: list(
            struct(
              'BenefitSellerType',
              { zh: '权益类型', en: 'A type' },
              {
                config_id: count('类型id', 'Number of the type'),
                benefit_name: text({ zh: '类型名称', en: 'Its name' }, { example: '支付宝红包' }),
                benefit_type: optional(text({ zh: '权益类型', en: 'Its older name' }, { example: 'ALIPAY_COUPON' })),
                is_open: bool({ zh: '是否开放', en: 'Whether it is open to the seller' }, { example: 'true' }),
              },
            ),
            { zh: '全部类型', en: 'Every type' },
          ),
        },
      ),
      { zh: '卖家，按用户id', en: 'By user id' },
    ),
    next_cursor,
  },
});

/** Activities of a seller with the benefits that relate to them. */
const benefitActivityList = method({
  ...adminRead,
  name: 'piaoquan.benefit.activity.list',
  title: { zh: '权益活动列表', en: 'List activities' },
  purpose: {
    zh: '一个卖家的活动及其关联的权益，新的在前。',
    en: "A seller's activities with the benefits that relate to them, newest first.",
  },
  request: {
    user_id,
    relation_id: optional(integer({ zh: '关联id', en: 'Only this one' }, { minimum: 1 })),
    status: optional(text({ zh: '状态', en: 'Only in this state' }, { values: STATUS })),
    cursor: cursor(64),
    page_size,
  },
  response: {
    activities: list(
      struct(
        'BenefitActivityInfo',
        { zh: '活动', en: 'An activity' },
        {
          relation_id: count('关联id', 'Relation id'),
          name: text({ zh: '名称', en: 'Name' }, { example: 'demo' }),
          activity_url: optional(text({ zh: '活动地址', en: 'Address of the activity' })),
          desc: optional(text({ zh: '描述', en: 'Description' })),
          start_time: date({ zh: '开始时间', en: 'First instant' }, { example: '2026-01-02 03:04:05' }),
          end_time: date({ zh: '结束时间', en: 'Last second' }, { example: '2026-01-02 03:04:05' }),
          status: text({ zh: '状态', en: 'State' }, { example: 'VALID', values: STATUS }),
          created_at: date({ zh: '登记时间', en: 'When it was registered' }, { example: '2026-01-02 03:04:05' }),
          details: list(
            struct(
              'BenefitActivityDetail',
              { zh: '关联的权益', en: 'A benefit that relates to it' },
              {
                detail_id: count('活动详情id', 'Detail id'),
                benefit_id: count('权益id', 'Template'),
                config_id: count('权益类型id', 'Number of its type'),
                out_object_name: optional(text({ zh: '权益名称', en: 'Name of the benefit' })),
                status: text({ zh: '状态', en: 'State of the relation' }, { example: 'VALID', values: STATUS }),
              },
            ),
            { zh: '关联的权益，含已删除', en: 'By detail id, deleted ones included' },
          ),
        },
      ),
      { zh: '活动', en: 'The activities' },
    ),
    next_cursor,
  },
});

/** What the console reads of the benefits beside their administration. */
export const benefitReadContracts = [sellerList, benefitActivityList] as const;
