import { admin } from '../common.ts';
import { method } from '../method.ts';
import { date, integer, list, optional, struct, text, userIdText } from '../schema.ts';

const errors = {
  'isv.voucher-batch-not-exist': {
    cause: { zh: '券码批次不存在', en: 'No batch bears this mix_id' },
    remedy: { zh: '核对 mix_id', en: 'Check the mix_id' },
  },
  'isv.voucher-code-not-exist': {
    cause: { zh: '券码不存在', en: 'The batch has no such code' },
    remedy: { zh: '核对券码', en: 'Check the code' },
  },
  'isv.voucher-guess-limit': {
    cause: {
      zh: '错误的券码过多，已暂停',
      en: 'Too many wrong codes: all codes of the caller are refused for a while',
    },
    remedy: { zh: '等待 sub_msg 给出的秒数后再试', en: 'Wait as many seconds as sub_msg says' },
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
const code = text({ zh: '券码', en: 'A code' }, { example: '7UXJF7K53QJ', maxLength: 64 });
const user_id = userIdText({ zh: '用户ID，加密保存', en: 'The user; kept encrypted' }, { example: 'uid-333' });

const request = (example: string) => ({
  mix_id,
  codes: list(
    code,
    {
      zh: '券码，1至1000个；小写、全角、空格及多余的连字符按批次的格式识别',
      en: 'Codes, 1 to 1,000; small letters, full-width ones, blanks and needless hyphens are read by the form of the batch',
    },
    { minItems: 1 },
  ),
  unique_id: text(
    {
      zh: '调用方的唯一单号：重复请求得到首次的结果',
      en: "The caller's number: the same again gives the first answer",
    },
    { example, maxLength: 128 },
  ),
});

/** What becomes of codes, in words that answers carry. */
const words = {
  OK: { zh: '成功', en: 'done' },
  NOT_FOUND: { zh: '券码不存在', en: 'the batch has no such code' },
  VOIDED: { zh: '券码已作废', en: 'the code is voided' },
  CONSUMED: { zh: '券码已核销', en: 'the code is consumed' },
  NOT_CONSUMED: { zh: '券码未核销，无法撤销', en: 'the code is not consumed: there is nothing to reverse' },
  NOT_STARTED: { zh: '未到绑定兑换开始时间', en: 'codes may not be bound or redeemed yet' },
  EXPIRED: { zh: '券码已过期', en: 'the code has expired' },
  OFF_SHELF: { zh: '券码批次已下架，不能绑定', en: 'the batch is off shelf: nothing may be bound' },
  BOUND: { zh: '该用户已绑定此券码', en: 'the user has bound the code before' },
  BOUND_BY_OTHER: { zh: '券码已被其他用户绑定', en: 'another user has bound the code' },
  LIMIT: { zh: '已达该用户可绑定数量上限', en: 'the user has bound as many codes as allowed' },
} as const;

/** What became of a code in an operation. */
export type VoucherWord = keyof typeof words;

const response = {
  success_count: integer({ zh: '成功的券码数', en: 'Codes it was done to' }, { example: '1' }),
  results: list(
    struct(
      'VoucherCodeResult',
      { zh: '一个券码的结果', en: 'What became of one code' },
      {
        code,
        result: text({ zh: '结果', en: 'The result' }, { example: 'OK', values: words }),
        consume_sequence: optional(
          integer({ zh: '核销流水号', en: 'Number of the redemption, as the export pages by' }, { example: '6' }),
        ),
      },
    ),
    { zh: '逐个结果，与 codes 同序', en: 'One result a code, in the order of codes' },
  ),
};

/** Binds codes to a user. */
export const codeBind = method({
  ...admin,
  errors,
  name: 'piaoquan.voucher.code.bind',
  title: { zh: '绑定券码', en: 'Bind codes' },
  purpose: {
    zh: '把券码绑定到一个用户：须在绑定开始之后、过期之前，且不超过 max_bind_count。DAY 类型自绑定起计有效期。',
    en: 'Binds codes to a user: from bind_begin_time to coupon_expire_time, and not more than max_bind_count. The days of DAY run from here.',
  },
  kind: 'write',
  outcome: { at: 'success_count', refused: [0], code: 'results.result' },
  request: { ...request('bind-20260101-1'), user_id },
  response,
});

const codeConsume = method({
  ...admin,
  errors,
  name: 'piaoquan.voucher.code.consume',
  title: { zh: '核销券码', en: 'Redeem codes' },
  purpose: {
    zh: '核销券码，绑定与否均可；给出 user_id 时不核销他人绑定的券码。核销立即出现在 CONSUME 导出中。',
    en: 'Redeems codes, bound or not; with a user_id not those bound by another. Each appears in the CONSUME export at once.',
  },
  kind: 'write',
  outcome: { at: 'success_count', refused: [0], code: 'results.result' },
  request: { ...request('consume-20260101-1'), user_id: optional(user_id) },
  response,
});

const codeConsumeReverse = method({
  ...admin,
  errors,
  name: 'piaoquan.voucher.code.consume.reverse',
  title: { zh: '撤销核销', en: 'Reverse redemptions' },
  purpose: {
    zh: '撤销核销，券码恢复正常并离开 CONSUME 导出；再次核销得到新的流水号。',
    en: 'Takes redemptions back: the code is normal again and leaves the CONSUME export; redeemed again it gets a new number.',
  },
  kind: 'write',
  outcome: { at: 'success_count', refused: [0], code: 'results.result' },
  request: request('reverse-20260101-1'),
  response,
});

const codeVoid = method({
  ...admin,
  errors,
  name: 'piaoquan.voucher.code.void',
  title: { zh: '作废券码', en: 'Void codes' },
  purpose: {
    zh: '作废未核销的券码，不可恢复；用户的绑定名额随之释放。',
    en: "Voids codes that are not consumed, for good; a bound one no longer counts against its user's limit.",
  },
  kind: 'write',
  outcome: { at: 'success_count', refused: [0], code: 'results.result' },
  request: request('void-20260101-1'),
  response,
});

const codeGet = method({
  ...admin,
  errors,
  name: 'piaoquan.voucher.code.get',
  title: { zh: '查询券码', en: 'Get a code' },
  purpose: { zh: '查询一个券码的状态与经过。', en: 'Shows how a code stands and what became of it.' },
  kind: 'read',
  request: { mix_id, code, user_id: optional(user_id) },
  response: {
    code_info: struct(
      'VoucherCodeInfo',
      { zh: '券码', en: 'The code' },
      {
        code,
        sequence: integer({ zh: '批次内序号', en: 'Its number in the batch' }, { example: '1' }),
        code_status: integer(
          { zh: '券码状态', en: 'State now' },
          {
            example: '0',
            values: {
              '-2': { zh: '已失效', en: 'voided' },
              '-1': { zh: '过期', en: 'expired' },
              '0': { zh: '正常', en: 'normal' },
              '2': { zh: '核销', en: 'consumed' },
            },
          },
        ),
        gmt_modified: date({ zh: '券变更时间', en: 'Last change' }, { example: '2026-01-02 03:04:05' }),
        expire_time: date({ zh: '有效期至', en: 'Valid up to and including' }, { example: '2036-12-31 23:59:59' }),
        bind_status: integer({ zh: '绑定状态(-1:未绑定,0:已绑定)', en: '-1 not bound, 0 bound' }, { example: '-1' }),
        bound_time: optional(date({ zh: '绑定时间', en: 'When it was bound' })),
        bound_user: optional(text({ zh: '绑定用户(脱敏)', en: 'Who bound it, masked' }, { example: '138****5678' })),
        issued_at: optional(date({ zh: '发放时间', en: 'When it was issued' })),
        issue_ref: optional(text({ zh: '发放单号', en: 'Order or grant that it was issued for' })),
        consume_sequence: optional(integer({ zh: '核销流水号', en: 'Number of its redemption that stands' })),
        consumed_at: optional(date({ zh: '核销时间', en: 'When it was redeemed' })),
      },
    ),
  },
});

export const adminVoucherCodeContracts = [codeBind, codeConsume, codeConsumeReverse, codeVoid, codeGet] as const;
