import { adminRead, cursor, next_cursor, page_size } from '../common.ts';
import { method } from '../method.ts';
import { bool, integer, list, optional, struct, text, userIdText } from '../schema.ts';
import { adminVoucherCodeContracts } from './admin-codes.ts';

const errors = {
  'isv.voucher-batch-not-exist': {
    cause: { zh: '券码批次不存在', en: 'No batch bears this mix_id' },
    remedy: { zh: '核对 mix_id', en: 'Check the mix_id' },
  },
  'isv.voucher-guess-limit': {
    cause: {
      zh: '查不到的券码过多，已暂停按券码查找',
      en: 'Too many codes that do not exist: no code is looked up for the caller for a while',
    },
    remedy: { zh: '等待 sub_msg 给出的秒数后再试', en: 'Wait as many seconds as sub_msg says' },
  },
  'isv.search-too-wide': {
    cause: { zh: '请提供 code、user_id 或 ext_order_id', en: 'Name a code, a user_id or an ext_order_id' },
    remedy: { zh: '填写其一', en: 'Give one of them' },
  },
} as const;

const mix_id = text({ zh: '码商品混淆ID', en: 'Id of the batch' }, { example: 'code_open', maxLength: 128 });
const count = (zh: string, en: string) => integer({ zh, en }, { example: '0' });

/** How many codes of a batch stand in each state. */
export const batchBoard = method({
  ...adminRead,
  errors,
  name: 'piaoquan.voucher.batch.board',
  title: { zh: '券码状态总览', en: 'Codes by state' },
  purpose: {
    zh: '一个批次的券码按状态计数，每个券码只计一次。超过一百万个券码时，未绑定、已绑定与过期数按抽样估计。',
    en: 'Counts the codes of a batch by state, each code once. In a batch of over 1,000,000 codes unbound, bound and expired ones are estimated by a sample.',
  },
  request: { mix_id },
  response: {
    mix_id,
    total_count: count('券码总数', 'Codes in the batch'),
    issued_count: count('已发放数', 'Codes issued, whatever their state'),
    unbound_count: count('未绑定', 'Normal and not bound'),
    bound_count: count('已绑定未核销', 'Normal and bound'),
    expired_count: count('过期', 'Expired, bound or not'),
    consumed_count: count('已核销', 'Consumed'),
    voided_count: count('已作废', 'Voided'),
    is_estimate: bool(
      { zh: '未绑定、已绑定、过期是否为估计', en: 'Whether unbound, bound and expired are estimates' },
      { example: 'false' },
    ),
  },
});

const { code: _text, ...known } = adminVoucherCodeContracts[4].response.properties.code_info.properties;

/** Finds codes by their text in any batch, or by the user who has them. */
export const codeSearch = method({
  ...adminRead,
  errors,
  name: 'piaoquan.voucher.code.search',
  title: { zh: '搜索券码', en: 'Search codes' },
  purpose: {
    zh: '按券码文本在所有批次中查找，或按绑定、发放到的用户、发券单号查找；券码与用户脱敏。查不到的券码与绑定时的错码一样计数。',
    en: 'Finds a code by its text in every batch, or the codes bound by or issued to a user, or issued for an order. Codes and users are masked. A code that is not found counts as a guess, as in a binding.',
  },
  request: {
    code: optional(text({ zh: '券码', en: 'The code' }, { maxLength: 64 })),
    user_id: optional(userIdText({ zh: '用户ID', en: 'The user' }, { example: 'uid-333' })),
    ext_order_id: optional(text({ zh: '发券单号', en: 'Order that codes were issued for' }, { maxLength: 64 })),
    mix_id: optional(mix_id),
    cursor: cursor(),
    page_size,
  },
  response: {
    codes: list(
      struct(
        'VoucherCodeFound',
        { zh: '券码', en: 'A code' },
        {
          mix_id,
          name: text({ zh: '批次名称', en: 'Name of its batch' }, { example: '春节档立减券' }),
          code_masked: text({ zh: '券码(脱敏)', en: 'The code, masked' }, { example: '****3QJ' }),
          ...known,
        },
      ),
      { zh: '券码，按批次与序号', en: 'The codes by batch and number' },
    ),
    next_cursor,
  },
});

/** What the console reads of the vouchers beside their administration. */
export const voucherReadContracts = [batchBoard, codeSearch] as const;
