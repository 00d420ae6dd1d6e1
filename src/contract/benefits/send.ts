import { method } from '../method.ts';
import { bool, integer, json, list, optional, struct, text, userIdText } from '../schema.ts';
import { EMPTY, NO_ACTIVITY, ofSeller } from './errors.ts';

const send_count = integer(
  { zh: '发放个数', en: 'How many of each benefit, 1 to 10000' },
  { example: '1', minimum: 1, maximum: 10_000, ...EMPTY },
);
const uniqueId = (example: string) =>
  text(
    { zh: '事务id,幂等', en: 'Your key of this send: with the same key the same send has one effect and one answer' },
    { example, maxLength: 128 },
  );
const relation_id = integer({ zh: '关联id', en: 'Relation id' }, { example: '12345234', ...NO_ACTIVITY });
const detail_id = integer({ zh: '活动详情id', en: 'Detail id' }, { example: '123235235', ...NO_ACTIVITY });
const trace_id = text(
  { zh: '排查线索', en: 'Clue for debugging; shown in the list of sends' },
  { example: '5e7541dc-89ec-4283-a943-e1f3b72fc975', maxLength: 128 },
);
const biz_id = text(
  { zh: '权益所属活动id', en: 'Your id of the activity; shown in the list of sends' },
  { example: '12457112', maxLength: 128 },
);
const benefit_type = integer({ zh: '权益类型', en: 'Number of the type, 1 for ALIPAY_COUPON' }, { example: '1' });

const resultFields = {
  error_code_list: optional(
    list(text({ zh: '错误码', en: 'Error code' }), {
      zh: '错误码',
      en: 'Why units failed, by the codes of this page; empty when none did',
    }),
  ),
  failure_count: integer({ zh: '失败个数', en: 'Units not sent' }, { example: '0' }),
};
const success_count = integer({ zh: '成功个数', en: 'Units sent' }, { example: '10' });
const index_id = integer({ zh: '活动详情id', en: 'Detail id' }, { example: '123235235' });
const error_code = optional(text({ zh: '错误码', en: 'Error code of a send that failed' }));
const error_message = optional(text({ zh: '错误信息', en: 'The same in words' }));

/** Sends benefits of an activity to one receiver. */
export const activitySend = method({
  ...ofSeller,
  name: 'taobao.promotion.benefit.activity.send',
  title: { zh: '活动权益发放接口', en: 'Send benefits of an activity' },
  purpose: {
    zh: '向一个接收者发放活动的权益：给出 detail_id 发放该项，否则发放 relation_id 的全部权益。库存不足时部分成功。超时请用相同 unique_id 重试。',
    en: 'Sends one receiver the benefit of detail_id, or without it every benefit of relation_id. Where fewer are left than asked for, those are sent. After a timeout try again with the same unique_id.',
  },
  kind: 'write',
  outcome: { at: 'result_list.success_count', refused: [0], code: 'result_list.error_code_list' },
  request: {
    send_request: struct(
      'BenefitSingleSendRequest',
      { zh: '入参对象', en: 'What to send' },
      {
        benefit_type: optional(
          text(
            { zh: '权益类型', en: 'Name of the type; other benefits are not sent' },
            { example: 'ALIPAY_COUPON', maxLength: 64 },
          ),
        ),
        detail_id: optional(integer({ zh: '活动详情id', en: 'Detail id' }, { example: '123235235' })),
        relation_id: optional(
          integer({ zh: '关联id', en: 'Relation id; needed when detail_id is left out' }, { example: '12345234' }),
        ),
        send_count,
        unique_id: optional(uniqueId('EA12BC3E5EC3B4')),
        receiver_id: optional(
          integer({
            zh: '接收者id；2015 年的 SDK 类写在这里，其他调用写在外层',
            en: 'User id of the receiver where classes of 2015 put it; others name it beside send_request',
          }),
        ),
      },
      EMPTY,
    ),
    receiver_id: optional(integer({ zh: '接收者id', en: 'User id of the receiver' }, { example: '12312312' })),
    nick: optional(
      userIdText({ zh: '接收者混淆nick', en: 'Obfuscated nick of the receiver' }, { example: 'tbtest1234' }),
    ),
    plat_nick: optional(
      text({ zh: '接收者nick', en: 'Nick of the receiver' }, { example: 'tbtest1234', maxLength: 64 }),
    ),
    mix_receiver_id: optional(
      userIdText({ zh: '接收者混淆id', en: 'Obfuscated id of the receiver' }, { example: '12312312' }),
    ),
    ouid: optional(userIdText({ zh: 'ouid', en: 'ouid of the receiver' }, { example: '12121212' })),
    uid: optional(userIdText({ zh: 'openid', en: 'openid of the receiver' }, { example: '12121221' })),
  },
  response: {
    result_list: list(
      struct(
        'BenefitSendResultExt',
        { zh: '发放结果', en: 'Outcome of one detail' },
        {
          ...resultFields,
          index_id,
          success_count,
        },
      ),
      { zh: '发放结果', en: 'Outcome of each activity detail' },
    ),
    unique_id: text({ zh: '事务id', en: 'The key of the send; one of ours when none came' }, { example: 'AE12412EAD' }),
    is_success: bool({ zh: '接口调用是否成功', en: 'Whether the call succeeded' }, { example: 'true' }),
  },
});

/** Sends benefits to the user of the session. */
const mobileSend = method({
  ...ofSeller,
  name: 'taobao.mobile.promotion.benefit.activity.send',
  title: { zh: '手淘专用单用户发放接口', en: 'Send benefits to the authorised user' },
  purpose: {
    zh: '向授权用户发放卖家活动的权益。拒绝写在 send_result 中。',
    en: "Sends the user of the session a benefit of the seller's activity. A refusal stands in send_result.",
  },
  kind: 'write',
  outcome: {
    at: 'send_result.is_success',
    done: [true],
    code: 'send_result.error_code',
    message: 'send_result.error_message',
  },
  request: {
    single_benefit_request: struct(
      'SingleBenefitRequest',
      { zh: '入参对象', en: 'What to send' },
      {
        benefit_type,
        send_count,
        unique_id: uniqueId('AE432CBF12A012'),
        relation_id,
        purchaser_id: integer(
          { zh: '卖家用户id', en: 'User id of the seller, who owns the activity' },
          { example: '12312312', ready: '6100000', missing: 'isv.param-error:203' },
        ),
        detail_id,
        trace_id,
        biz_id,
        card_type: optional(
          text({ zh: '百宝箱卡片类型', en: 'Kind of card; accepted, not used' }, { example: 'beauty', maxLength: 64 }),
        ),
        receiver_id: optional(
          integer({
            zh: '接收者id；2015 年的 SDK 类有此项，应为授权用户自己',
            en: 'User id of the receiver, in classes of 2015; it should be the authorised user',
          }),
        ),
      },
      EMPTY,
    ),
  },
  response: {
    send_result: struct(
      'SingleBenefitSendResult',
      { zh: '发放结果', en: 'Outcome' },
      {
        error_message,
        error_code,
        is_success: bool({ zh: '是否发放成功', en: 'Whether anything was sent' }, { example: 'false' }),
        results: optional(
          list(
            struct(
              'MobileBenefitSendResultExt',
              { zh: '发放结果', en: 'Outcome of one detail' },
              {
                ...resultFields,
                success_count,
                index_id,
              },
            ),
            { zh: '发放结果', en: 'Outcome of each detail' },
          ),
        ),
        unique_id: text({ zh: '事务id', en: 'The key of the send' }, { example: 'demo' }),
        is_baoxiang_task_done: optional(
          bool({ zh: '百宝箱任务是否完成', en: 'Whether a treasure box task is done; there are none here' }),
        ),
      },
    ),
  },
});

/** Sends benefits to the user of the session on a chain of sharing. */
const mobileSendShare = method({
  ...ofSeller,
  name: 'taobao.mobile.promotion.benefit.activity.send.share',
  title: { zh: '手淘专用单用户发放接口 (分享链路)', en: 'Send benefits on a chain of sharing' },
  purpose: {
    zh: '同手淘发放接口，并校验分享链路：同一 biz_id 与 share_key 的链路对一个用户只发放一次，share_users 中已发放的用户不再发放。',
    en: 'As the mobile send, with a check of the sharing chain: one of the same biz_id and share_key rewards a user once, and not a user whom share_users names as rewarded.',
  },
  kind: 'write',
  outcome: {
    at: 'send_result.success',
    done: [true],
    code: 'send_result.error_code',
    message: 'send_result.error_message',
  },
  request: {
    benefit_type,
    biz_id,
    detail_id,
    feed_id: integer({ zh: '广播id', en: 'Id of the broadcast' }, { example: '1' }),
    relation_id,
    send_count,
    share_key: optional(text({ zh: '分享链路key', en: 'Key of the chain, within biz_id' }, { maxLength: 128 })),
    share_users: optional(
      text(
        {
          zh: '链路上的用户及是否已发放',
          en: 'User ids on the chain and whether they were rewarded: u1_true,u2_false',
        },
        { separator: ',' },
      ),
    ),
    trace_id,
    unique_id: uniqueId('AE432CBF12A013'),
  },
  response: {
    send_result: struct(
      'ShareBenefitSendResult',
      { zh: '发放结果', en: 'Outcome' },
      {
        error_message,
        error_code,
        success: bool({ zh: '是否成功', en: 'Whether anything was sent' }, { example: 'true' }),
        result_map: json(
          {
            zh: '发放结果,JSON',
            en: 'JSON text: by detail id successCount, failureCount and errorCodeList; {} when the send was refused',
          },
          { example: '{"123":{"successCount":1,"failureCount":0,"errorCodeList":[]}}' },
        ),
      },
    ),
  },
});

export const benefitSendContracts = [activitySend, mobileSend, mobileSendShare] as const;
