import { admin, cursor, is_success, MOST, next_cursor, page_size } from '../common.ts';
import { type MethodError, method } from '../method.ts';
import { bool, date, integer, list, optional, setting, struct, text } from '../schema.ts';

/** Why an administration method of the benefits refuses. */
const errors = {
  'isv.template-not-found': {
    cause: { zh: '该卖家没有此权益模板', en: 'The seller has no such template' },
    remedy: { zh: '检查卖家与权益id', en: 'Check seller and benefit_id' },
  },
  'isv.type-not-found': {
    cause: { zh: '权益类型不存在', en: 'No type bears this config_id' },
    remedy: { zh: '检查类型id', en: 'Check config_id' },
  },
  'isv.template-over': {
    cause: { zh: '模板的 end_time 已过', en: 'The end_time is over already' },
    remedy: {
      zh: '检查 end_time；已结束的模板请保持原样',
      en: 'Check it; leave the end of a template that is over as it is',
    },
  },
  'isv.template-type-fixed': {
    cause: { zh: '权益模板不能更换类型', en: 'A template keeps its type' },
    remedy: { zh: '请另建权益模板', en: 'Save a new template' },
  },
  'isv.stock-out-of-range': {
    cause: {
      zh: '总数不能低于已发放数、高于十亿',
      en: 'A total must be between what was sent and 1,000,000,000',
    },
    remedy: { zh: '检查数量', en: 'Check the number' },
  },
  'isv.send-filter-missing': {
    cause: {
      zh: '须按卖家 user_id 或事务 unique_id 查询',
      en: 'Sends are found by user_id of the seller or by unique_id',
    },
    remedy: { zh: '传其中之一', en: 'Send one of the two' },
  },
  'isv.adjust-conflict': {
    cause: { zh: 'adjust_id 已用于其他调整', en: 'The adjust_id was used for another change' },
    remedy: { zh: '每次调整使用新的 adjust_id', en: 'Give each change an adjust_id of its own' },
  },
} as const satisfies Record<string, MethodError>;

const user_id = integer({ zh: '卖家用户id', en: 'User id of the seller' }, { example: '6100001', minimum: 1 });
const benefit_id = integer({ zh: '权益id', en: 'Id of the template' }, { example: '4349901', minimum: 1 });
const config_id = integer({ zh: '权益类型id', en: 'Number of the type' }, { example: '1' });
const status = integer(
  { zh: '状态', en: 'State' },
  { example: '1', values: { '1': { zh: '启用', en: 'in use' }, '2': { zh: '撤回', en: 'withdrawn' } } },
);
const templateFields = {
  user_id,
  benefit_id,
  config_id,
  denomination: integer({ zh: '面额,分', en: 'Face value in fen' }, { example: '300', minimum: 0 }),
  start_time: date({ zh: '开始时间', en: 'First instant it can be sent' }, { example: '2026-01-01 00:00:00' }),
  end_time: date({ zh: '结束时间', en: 'Last second in which it can be sent' }, { example: '2036-12-31 23:59:59' }),
  extend_feature: setting(text({ zh: '扩展信息', en: 'Extension text' })),
  out_object_id: setting(text({ zh: '外部关联id', en: 'Id in the outside system' }, { maxLength: 128 })),
  out_object_name: setting(text({ zh: '外部关联名称', en: 'Name in the outside system' }, { maxLength: 200 })),
  options: setting(integer({ zh: '选项位', en: 'Bits that callers may exclude; 0 by default' }, { minimum: 0 })),
  max_sends: setting(
    integer(
      {
        zh: '每个时间窗内对一个接收者的发放次数上限',
        en: 'Sends to one receiver in each window; without it no limit',
      },
      { minimum: 1, maximum: MOST },
    ),
  ),
  window_seconds: setting(
    integer(
      { zh: '时间窗长度,秒', en: 'Length of that window in seconds, 60 by default' },
      { minimum: 1, maximum: 86_400 },
    ),
  ),
};
const template = struct(
  'BenefitTemplate',
  { zh: '权益模板', en: 'The template' },
  {
    ...templateFields,
    total_num: integer({ zh: '总数', en: 'Units bought' }, { example: '1000' }),
    valid_total_num: integer({ zh: '可用总数', en: 'Units not yet sent' }, { example: '990' }),
    relate_activity_num: integer({ zh: '关联活动数', en: 'Activities that relate to it' }, { example: '1' }),
    status,
  },
);

/** Creates or changes a template. */
export const templateSave = method({
  ...admin,
  errors,
  name: 'piaoquan.benefit.template.save',
  title: { zh: '保存权益模板', en: 'Save a template' },
  purpose: {
    zh: '新建（即启用）或修改卖家的权益模板。改变总数会记入台账。',
    en: 'Creates a template of a seller, in use, or changes it. A changed total is written to the ledger.',
  },
  kind: 'write',
  request: {
    template: struct(
      'BenefitTemplateSave',
      { zh: '权益模板', en: 'The template' },
      {
        ...templateFields,
        benefit_id: integer({ zh: '权益id', en: 'Id of the template' }, { example: '4349902', minimum: 1 }),
        total_num: optional(
          integer(
            { zh: '总数,新模板默认0,已有模板不填为不变', en: 'Units in all; left out: 0 when new, else unchanged' },
            { example: '100', minimum: 0, maximum: MOST },
          ),
        ),
      },
    ),
  },
  response: { template },
});

const templateGet = method({
  ...admin,
  errors,
  name: 'piaoquan.benefit.template.get',
  title: { zh: '查询权益模板', en: 'Get a template' },
  purpose: { zh: '一个权益模板的当前数据。', en: 'One template with its present numbers.' },
  kind: 'read',
  request: { user_id, benefit_id },
  response: { template },
});

const templateList = method({
  ...admin,
  errors,
  name: 'piaoquan.benefit.template.list',
  title: { zh: '权益模板列表', en: 'List templates' },
  purpose: { zh: '按权益id翻页列出一个卖家的模板。', en: "A seller's templates in order of their id, by pages." },
  kind: 'read',
  request: { user_id, config_id: optional(config_id), status: optional(status), cursor: cursor(64), page_size },
  response: { templates: list(template, { zh: '权益模板', en: 'The templates' }), next_cursor },
});

const templateStatusUpdate = method({
  ...admin,
  errors,
  name: 'piaoquan.benefit.template.status.update',
  title: { zh: '启用或撤回权益模板', en: 'Withdraw a template or put it back' },
  purpose: { zh: '撤回的模板暂不能发放。', en: 'A withdrawn template is not sent until it is put back.' },
  kind: 'write',
  request: { user_id, benefit_id, status },
  response: { is_success },
});

const templateStockAdjust = method({
  ...admin,
  errors,
  name: 'piaoquan.benefit.template.stock.adjust',
  title: { zh: '调整权益库存', en: 'Adjust the stock of a template' },
  purpose: {
    zh: '增减模板的总数与可用总数，连同原因记入台账。同一 adjust_id 只生效一次。',
    en: 'Adds to the units of a template or takes from them, with the reason in the ledger. An adjust_id counts once.',
  },
  kind: 'write',
  request: {
    user_id,
    benefit_id,
    delta: integer(
      { zh: '增减数', en: 'Units to add; negative to take' },
      { example: '1', minimum: -MOST, maximum: MOST },
    ),
    adjust_id: text(
      {
        zh: '调整单号，在模板内唯一，不分应用：相同内容重复提交只生效一次，内容不同则拒绝',
        en: 'Number of this change, one for its template whichever app calls: the same change sent again counts once, another is refused',
      },
      { example: 'a1', maxLength: 64 },
    ),
    reason: text({ zh: '原因', en: 'Why' }, { example: '补货', maxLength: 200 }),
  },
  response: { total_num: integer({ zh: '现总数', en: 'The total now' }, { example: '1001' }) },
});

const typeUpdate = method({
  ...admin,
  errors,
  name: 'piaoquan.benefit.type.update',
  title: { zh: '开放或关闭权益类型', en: 'Open or close a type to a seller' },
  purpose: {
    zh: '关闭的类型卖家不能选择，也不能新关联；已关联的照常发放。',
    en: 'A closed type is not offered to the seller and no further benefit of it is related; what is related is still sent.',
  },
  kind: 'write',
  request: { user_id, config_id, is_open: bool({ zh: '是否开放', en: 'Whether it is open' }, { example: 'true' }) },
  response: { is_success },
});

const sendList = method({
  ...admin,
  errors,
  name: 'piaoquan.benefit.send.list',
  title: { zh: '发放记录', en: 'List sends' },
  purpose: {
    zh: '一个卖家的发放记录，最新的在前，接收者脱敏；可按事务id或接收者用户id查找。只给事务id时在所有卖家中查找。',
    en: "A seller's sends, newest first, receivers masked; of one unique_id or one receiving user when named. A unique_id alone is looked for with every seller.",
  },
  kind: 'read',
  request: {
    user_id: optional(user_id),
    unique_id: optional(text({ zh: '事务id', en: 'Key of the send' }, { maxLength: 128 })),
    receiver_id: optional(integer({ zh: '接收者用户id', en: 'User id of the receiver' })),
    cursor: cursor(64),
    page_size,
  },
  response: {
    sends: list(
      struct(
        'BenefitSend',
        { zh: '发放记录', en: 'One send' },
        {
          user_id,
          send_id: integer({ zh: '记录id', en: 'Id of the record' }, { example: '1' }),
          unique_id: text({ zh: '事务id', en: 'Key of the send' }, { example: 'send-20260102-1' }),
          receiver: text({ zh: '接收者(脱敏)', en: 'Receiver, masked' }, { example: '138****5678' }),
          biz_id: optional(text({ zh: '活动id', en: "The caller's id of the activity" })),
          trace_id: optional(text({ zh: '排查线索', en: 'Clue for debugging' })),
          sent_at: date({ zh: '发放时间', en: 'When it was sent' }, { example: '2026-01-02 03:04:05' }),
          details: list(
            struct(
              'BenefitSendDetail',
              { zh: '发放明细', en: 'One benefit of the send' },
              {
                detail_id: integer({ zh: '活动详情id', en: 'Detail id' }, { example: '1' }),
                benefit_id: integer({ zh: '权益id', en: 'Id of the template' }, { example: '4349901' }),
                send_count: integer({ zh: '请求个数', en: 'Units asked for' }, { example: '1' }),
                success_count: integer({ zh: '成功个数', en: 'Units sent' }, { example: '1' }),
              },
            ),
            { zh: '发放明细', en: 'The benefits' },
          ),
        },
      ),
      { zh: '发放记录', en: 'The sends' },
    ),
    next_cursor,
  },
});

export const adminBenefitContracts = [
  templateSave,
  templateGet,
  templateList,
  templateStatusUpdate,
  templateStockAdjust,
  typeUpdate,
  sendList,
] as const;
