import { is_success } from '../common.ts';
import { method } from '../method.ts';
import { date, integer, json, list, optional, struct, text } from '../schema.ts';
import { EMPTY, NO_ACTIVITY, ofSeller } from './errors.ts';

const relationId = (example: string) =>
  integer({ zh: '关联id', en: 'Relation id, from activity.relation' }, { example, ...NO_ACTIVITY });
const relation_id = relationId('123');
const start_time = date({ zh: '开始时间', en: 'First instant of the activity' }, { example: '2015-05-29 12:02:49' });
const end_time = date({ zh: '结束时间', en: 'Last second of the activity' }, { example: '2015-05-29 12:02:49' });
const activity_url = optional(
  text({ zh: '活动地址', en: 'Address of the activity' }, { example: 'http://www.taobao.com', maxLength: 1000 }),
);
const desc = optional(text({ zh: '活动描述', en: 'Description' }, { example: 'demo', maxLength: 1000 }));
const name = text({ zh: '活动名称', en: 'Name of the activity' }, { example: 'demo', maxLength: 200 });
const benefit_id = integer({ zh: '权益id', en: 'Id of a benefit template, from the selector' }, { example: '123' });
const benefit_type = optional(
  text({ zh: '权益类型', en: 'Name of its type; must fit when given' }, { example: 'ALIPAY_COUPON', maxLength: 64 }),
);

/** Registers an activity and relates benefits to it. */
export const activityRelation = method({
  ...ofSeller,
  name: 'taobao.promotion.benefit.activity.relation',
  title: { zh: '关联活动权益', en: 'Relate benefits to an activity' },
  purpose: {
    zh: '登记卖家活动并关联权益，返回后续接口使用的关联id。十分钟内内容相同的请求返回同一关联id。',
    en: 'Registers an activity of the seller, relates benefits to it and gives the id that all further calls use. The same request within ten minutes gives the same id.',
  },
  kind: 'write',
  outcome: { at: 'is_success', done: [true] },
  request: {
    relation_request: struct(
      'RelationActivityBenefitRequest',
      { zh: '入参对象', en: 'The activity and its benefits' },
      {
        add_detail_vos: optional(
          list(
            struct(
              'ActivityBenefitDetailVo',
              { zh: '关联的权益', en: 'A benefit to relate' },
              {
                benefit_id,
                benefit_type,
                config_id: optional(
                  integer({ zh: '权益类型id', en: 'Number of its type; must fit when given' }, { example: '1' }),
                ),
              },
            ),
            { zh: '添加的权益详情', en: 'The benefits; one named twice counts once' },
            { maxItems: 100 },
          ),
        ),
        benefit_activity_vo: struct(
          'BenefitActivityVo',
          { zh: '活动概要', en: 'Summary of the activity' },
          {
            activity_url,
            desc,
            end_time,
            name,
            start_time,
            type: text(
              { zh: '活动类型', en: 'Type of the activity' },
              { example: 'SEND', values: { SEND: { zh: '发放', en: 'sends benefits' } } },
            ),
          },
          EMPTY,
        ),
      },
      EMPTY,
    ),
  },
  response: {
    relation_id: integer({ zh: '关联id', en: 'Relation id' }, { example: '1234' }),
    is_success,
  },
});

/** Changes the summary of an activity and the benefits that relate to it. */
export const activityUpdate = method({
  ...ofSeller,
  name: 'taobao.promotion.benefit.activity.update',
  title: { zh: '修改关联的活动权益', en: 'Change an activity and its benefits' },
  purpose: {
    zh: '修改活动概要，先移除、再添加关联的权益。已移除的再次移除、已关联的再次添加均不重复生效。',
    en: 'Changes the summary of an activity, removes benefits from it, then adds benefits to it. What is removed or related already stays so.',
  },
  kind: 'write',
  outcome: { at: 'is_success', done: [true] },
  request: {
    update_request: struct(
      'UpdateBenefitActivityRequest',
      { zh: '入参对象', en: 'What changes' },
      {
        add_detail_vos: optional(
          list(
            struct(
              'ActivityBenefitDetailVo',
              { zh: '添加的权益', en: 'A benefit to add' },
              { benefit_id: optional(benefit_id), benefit_type },
            ),
            { zh: '添加的权益详情', en: 'Benefits to add' },
            { maxItems: 100 },
          ),
        ),
        benefit_activity_vo: struct(
          'UpdateBenefitActivityVo',
          { zh: '活动概要', en: 'Summary; what is left out stays as it is' },
          { activity_url, desc, name: optional(name), relation_id },
          NO_ACTIVITY,
        ),
        delete_detail_vos: optional(
          list(
            struct(
              'DeleteActivityBenefitDetailVo',
              { zh: '删除的权益详情', en: 'A detail to remove' },
              { id: optional(integer({ zh: '详情id', en: 'Detail id, not benefit id' }, { example: '123' })) },
            ),
            { zh: '删除的权益详情', en: 'Details to remove' },
            { maxItems: 100 },
          ),
        ),
      },
    ),
  },
  response: { is_success },
});

/** Changes the period of an activity. */
const activityTimeUpdate = method({
  ...ofSeller,
  name: 'taobao.promotion.benefit.activity.time.update',
  title: { zh: '更新关联活动有效时间', en: 'Change the period of an activity' },
  purpose: {
    zh: '更新活动的有效时间，结束时间不得早于开始时间。',
    en: 'Changes the period of an activity; it may not end before it begins.',
  },
  kind: 'write',
  outcome: { at: 'is_success', done: [true] },
  request: { relation_id, start_time, end_time },
  response: { is_success },
});

/** Deletes an activity with all its relations. */
const activityDelete = method({
  ...ofSeller,
  name: 'taobao.promotion.benefit.activity.delete',
  title: { zh: '删除关联的活动权益', en: 'Delete an activity' },
  purpose: {
    zh: '删除活动及其全部关联；已删除的再次删除仍成功。',
    en: 'Deletes an activity with all its relations; deleting again succeeds too.',
  },
  kind: 'write',
  outcome: { at: 'is_success', done: [true] },
  // Its page prints no example: another activity than that of the other methods, which would miss it.
  request: { relation_id: relationId('124') },
  response: { is_success },
});

/** Reads the benefits that relate to an activity. */
const activityDetailGet = method({
  ...ofSeller,
  name: 'taobao.promotion.benefit.activity.detail.get',
  title: { zh: '活动关联的权益详情获取', en: 'Details of an activity' },
  purpose: {
    zh: '查询活动关联的权益详情，详情id即发放接口的 detail_id。',
    en: 'Gives the benefits related to an activity; the id of a detail is the detail_id of the sending calls.',
  },
  kind: 'read',
  outcome: { at: 'is_success', done: [true] },
  request: {
    query_request: struct(
      'ActivityRelationDetailRequest',
      { zh: '入参对象', en: 'Which details' },
      {
        relation_id,
        status: text(
          { zh: '状态', en: 'State of the details' },
          {
            example: 'VALID',
            values: { VALID: { zh: '有效', en: 'living' }, DELETE: { zh: '已删除', en: 'removed' } },
          },
        ),
      },
      EMPTY,
    ),
  },
  response: {
    relation_benefit_details: json(
      {
        zh: '权益详情,JSON数组',
        en: 'JSON text of a list: startTime and endTime of the activity (GMT+8), id of the detail, status, activityType, purchaserId (the seller), benefitId',
      },
      {
        example:
          '[{"startTime":"2015-05-29 12:02:49","id":54001,"status":"VALID","endTime":"2015-05-29 12:02:49","activityType":"SEND","purchaserId":175754903}]',
      },
    ),
    is_success,
  },
});

export const benefitActivityContracts = [
  activityRelation,
  activityUpdate,
  activityTimeUpdate,
  activityDelete,
  activityDetailGet,
] as const;
