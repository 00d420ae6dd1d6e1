import { admin, cursor, is_success, next_cursor, page_size } from '../common.ts';
import { method } from '../method.ts';
import { bool, date, integer, list, optional, setting, struct, text } from '../schema.ts';
import { adminVoucherCodeContracts } from './admin-codes.ts';
import { adminVoucherImportContracts } from './admin-imports.ts';

const errors = {
  'isv.voucher-batch-not-exist': {
    cause: { zh: '券码批次不存在', en: 'No batch bears this mix_id' },
    remedy: { zh: '核对 mix_id', en: 'Check the mix_id' },
  },
  'isv.voucher-batch-invalid': {
    cause: { zh: '批次的有效期设置自相矛盾', en: 'The validity of the batch contradicts itself' },
    remedy: {
      zh: 'coupon_expire_time 不得早于 bind_begin_time；valid_days 只随 DAY 给出',
      en: 'coupon_expire_time must not be before bind_begin_time; give valid_days with DAY and only then',
    },
  },
  'isv.voucher-batch-over': {
    cause: { zh: 'coupon_expire_time 已过', en: 'The coupon_expire_time is over already' },
    remedy: {
      zh: '检查 coupon_expire_time；已过期的批次请保持原样',
      en: 'Check it; leave the expiry of a batch that has expired as it is',
    },
  },
  'isv.voucher-pattern-invalid': {
    cause: { zh: '券码格式不可用', en: 'The pattern or alphabet cannot be used' },
    remedy: { zh: '按 sub_msg 修改 pattern 或 alphabet', en: 'Change pattern or alphabet as sub_msg says' },
  },
  'isv.voucher-pattern-too-short': {
    cause: {
      zh: '该格式产生不了这么多难以猜中的券码',
      en: 'The pattern cannot yield that many codes that are hard to guess',
    },
    remedy: { zh: '增加 # 的个数', en: 'Use more # in the pattern' },
  },
  'isv.voucher-pattern-fixed': {
    cause: { zh: '该批次已有另一券码格式', en: 'The batch has another pattern already' },
    remedy: { zh: '沿用原格式，或另建批次', en: 'Keep its pattern, or make another batch' },
  },
  'isv.voucher-batch-imported': {
    cause: { zh: '该批次的券码是导入的，不能再生成', en: 'The codes of the batch were imported: none can be made' },
    remedy: { zh: '另建批次', en: 'Make another batch' },
  },
  'isv.voucher-unique-id-conflict': {
    cause: { zh: '该 unique_id 已用于其他内容', en: 'The unique_id was used for something else' },
    remedy: {
      zh: '重试时保持内容不变，新的操作使用新的 unique_id',
      en: 'Repeat the same content, or use a new unique_id',
    },
  },
} as const;

const mix_id = text({ zh: '码商品混淆ID', en: 'Id of the batch' }, { example: 'code_open', maxLength: 128 });
const status = integer(
  { zh: '状态(1-上架、2-下架)', en: 'State; off shelf no code is issued or bound' },
  { example: '1', values: { '1': { zh: '上架', en: 'on shelf' }, '2': { zh: '下架', en: 'off shelf' } } },
);

const settings = {
  mix_id: text({ zh: '码商品混淆ID', en: 'Id of the batch' }, { example: 'code_spring', maxLength: 128 }),
  name: text({ zh: '名称', en: 'Name' }, { example: '春节档立减券', maxLength: 200 }),
  description: setting(text({ zh: '券码描述', en: 'Description' }, { example: '券码描述', maxLength: 2000 })),
  bind_begin_time: date(
    { zh: '绑定兑换开始时间', en: 'From when codes may be bound and redeemed' },
    { example: '2026-01-01 00:00:00' },
  ),
  coupon_expire_time: date(
    { zh: '券码过期时间(不允许绑定)', en: 'Expiry of the codes; no binding after it' },
    { example: '2036-12-31 23:59:59' },
  ),
  denomination: integer({ zh: '面值(单位:分)', en: 'Face value in fen' }, { example: '400', minimum: 0 }),
  max_bind_count: setting(
    integer(
      { zh: '用户可绑定最大数量(空不限制)', en: 'Most codes one user may bind; without it no limit' },
      { example: '4', minimum: 1, maximum: 2_147_483_647 },
    ),
  ),
  valid_duration_type: text(
    { zh: '券码有效期类型', en: 'How the validity of a code is counted' },
    {
      example: 'DAY',
      values: {
        GENERAL: { zh: '固定日期', en: 'until the expiry of the codes' },
        DAY: { zh: '绑定后有效天数', en: 'days of 24 hours from binding' },
      },
    },
  ),
  valid_days: setting(
    integer({ zh: '有效天数，仅DAY', en: 'Days of validity, with DAY' }, { example: '1', minimum: 1, maximum: 36_500 }),
  ),
};

const grant = struct(
  'VoucherGrant',
  { zh: '导出与发码授权', en: 'Who may export a batch and issue its codes' },
  {
    partner_code: text({ zh: '渠道编码', en: 'Code of the partner' }, { example: 'xuexiqiangguo' }),
    user_id: integer({ zh: '用户ID', en: 'The user whose session calls' }, { example: '6100000' }),
  },
);

const shown = struct(
  'VoucherBatchInfo',
  { zh: '券码批次', en: 'A batch' },
  {
    ...settings,
    status,
    code_pattern: optional(text({ zh: '券码格式', en: 'Pattern of its codes; absent when imported' })),
    total_count: integer({ zh: '券码总数', en: 'Codes in the batch' }, { example: '1000' }),
    issued_count: integer({ zh: '已发放数', en: 'Codes issued' }, { example: '10' }),
    consumed_count: integer({ zh: '已核销数', en: 'Codes that stand consumed' }, { example: '3' }),
    voided_count: integer({ zh: '已作废数', en: 'Codes voided' }, { example: '0' }),
    grants: list(grant, { zh: '授权', en: 'Who may export it and issue its codes' }),
  },
);

/** Creates a batch or changes its settings. */
export const voucherBatchSave = method({
  ...admin,
  errors,
  name: 'piaoquan.voucher.batch.save',
  title: { zh: '保存券码批次', en: 'Save a batch' },
  purpose: {
    zh: '按 mix_id 新建（即上架）或修改一个批次的设置；没有给出的可选项保持不变。改为 GENERAL 时 valid_days 随之清空。',
    en: 'Creates a batch, on shelf, or changes its settings, by its mix_id. Options not given stay as they are; valid_days goes when the type becomes GENERAL.',
  },
  kind: 'write',
  request: { batch: struct('VoucherBatch', { zh: '批次设置', en: 'Settings of the batch' }, settings) },
  response: { batch: shown },
});

const batchGet = method({
  ...admin,
  errors,
  name: 'piaoquan.voucher.batch.get',
  title: { zh: '查询券码批次', en: 'Get a batch' },
  purpose: { zh: '查询一个批次的设置、数量与授权。', en: 'Shows settings, counts and grants of one batch.' },
  kind: 'read',
  request: { mix_id },
  response: { batch: shown },
});

const batchList = method({
  ...admin,
  errors,
  name: 'piaoquan.voucher.batch.list',
  title: { zh: '券码批次列表', en: 'List batches' },
  purpose: { zh: '按 mix_id 顺序分页列出批次。', en: 'Lists batches by pages, in the order of their mix_id.' },
  kind: 'read',
  request: {
    status: optional(status),
    name: optional(text({ zh: '名称包含的文字', en: 'Text within the name' }, { maxLength: 200 })),
    cursor: cursor(128),
    page_size,
  },
  response: {
    batches: list(shown, { zh: '批次', en: 'The batches' }),
    next_cursor,
  },
});

const batchStatusUpdate = method({
  ...admin,
  errors,
  name: 'piaoquan.voucher.batch.status.update',
  title: { zh: '上下架券码批次', en: 'Put a batch on or off shelf' },
  purpose: {
    zh: '下架的批次不再发放和绑定；已在用户手中的券码仍可核销。',
    en: 'Off shelf, no code of the batch is issued or bound; those that are out can still be redeemed.',
  },
  kind: 'write',
  request: { mix_id, status },
  response: { is_success },
});

const batchGenerate = method({
  ...admin,
  errors,
  name: 'piaoquan.voucher.batch.generate',
  title: { zh: '生成券码', en: 'Make codes' },
  purpose: {
    zh: '在后台为批次生成券码，用 piaoquan.job.get 查进度。每 10 万个可能的组合至多生成一个券码，以防猜中。',
    en: 'Makes codes for a batch in the background; piaoquan.job.get tells how far it is. Of 100,000 possible codes at most one is made, so that guessing is vain.',
  },
  kind: 'write',
  request: {
    mix_id: settings.mix_id,
    count: integer({ zh: '生成数量', en: 'How many to make' }, { example: '1000', minimum: 1, maximum: 10_000_000 }),
    pattern: optional(
      text(
        {
          zh: '券码格式：# 为随机字符，其余原样，可用字母、数字、-、_。默认批次已有的格式，否则 12 个 #',
          en: 'Form of the codes: # is a random character; letters, digits, - and _ stand for themselves. The pattern that the batch has unless given, else 12 #',
        },
        { example: 'TPP-########', maxLength: 64 },
      ),
    ),
    alphabet: optional(
      text(
        {
          zh: '随机字符的字符集，10至62个不同的字母或数字。默认不含易混的 0 O 1 I L',
          en: 'Characters to draw from: 10 to 62 different letters or digits. Without the look-alikes 0 O 1 I L unless given',
        },
        { example: '23456789ABCDEFGHJKMNPQRSTUVWXYZ', maxLength: 62 },
      ),
    ),
    check_character: optional(
      bool({ zh: '最后一个 # 是否为校验字符，默认否', en: 'Whether the last # is a check character; no unless given' }),
    ),
    unique_id: text(
      { zh: '调用方的唯一单号，重复请求只生成一次', en: "The caller's number; the same again makes nothing more" },
      { example: 'gen-20260101-1', maxLength: 128 },
    ),
  },
  response: {
    job_id: integer({ zh: '任务ID', en: 'Id of the job' }, { example: '123' }),
    possible_count: text(
      { zh: '该格式最多的组合数', en: 'How many codes the pattern can make in all, in digits' },
      { example: '852891037441' },
    ),
  },
});

const grantFields = {
  mix_id,
  partner_code: text({ zh: '渠道编码', en: 'Code of the partner' }, { example: 'xuexiqiangguo', maxLength: 128 }),
  user_id: integer({ zh: '用户ID', en: 'The user whose session calls' }, { example: '6100000', minimum: 1 }),
};

const grantSave = method({
  ...admin,
  errors,
  name: 'piaoquan.voucher.grant.save',
  title: { zh: '授权导出与发码', en: 'Grant export and issue' },
  purpose: {
    zh: '允许一个用户以某渠道的名义导出批次、发放其券码。',
    en: 'Lets a user export a batch and issue its codes, as a partner.',
  },
  kind: 'write',
  request: grantFields,
  response: { is_success },
});

const grantDelete = method({
  ...admin,
  errors,
  name: 'piaoquan.voucher.grant.delete',
  title: { zh: '取消授权', en: 'Take a grant back' },
  purpose: { zh: '取消授权，立即生效；没有授权时也算成功。', en: 'Ends a grant at once; ending none succeeds too.' },
  kind: 'write',
  request: grantFields,
  response: { is_success },
});

export const voucherBatchContracts = [
  voucherBatchSave,
  batchGet,
  batchList,
  batchStatusUpdate,
  batchGenerate,
  grantSave,
  grantDelete,
] as const;

export const adminVoucherContracts = [
  ...voucherBatchContracts,
  ...adminVoucherImportContracts,
  ...adminVoucherCodeContracts,
] as const;
