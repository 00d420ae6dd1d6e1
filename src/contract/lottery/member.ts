import { admin, is_success } from '../common.ts';
import { type MethodError, method } from '../method.ts';
import { date, integer, optional, struct, text, userIdText } from '../schema.ts';

const LEVELS = {
  '0': { zh: '非会员', en: 'no member' },
  '1': { zh: '普通会员', en: 'ordinary member' },
  '10': { zh: '黑钻会员', en: 'black diamond member' },
};

const alipay_id = userIdText(
  { zh: '支付宝用户ID，2088开头', en: 'Alipay user id, which starts with 2088' },
  { example: '20882342xxx' },
);
const member_level = integer(
  { zh: '会员等级(0-非会员、1-普通会员、10-黑钻会员)', en: 'Level of the membership at the instant of the call' },
  { example: '10', values: LEVELS },
);
const mix_user_id = { zh: '加密的淘宝用户ID', en: 'Encrypted Taobao user id' };

/** What the membership of an Alipay user is worth now (TOP API 69864). */
export const filmMemberGet = method({
  name: 'taobao.film.member.get',
  category: 'film',
  title: { zh: '淘麦vip会员身份查询接口', en: 'Membership of an Alipay user' },
  purpose: {
    zh: '查询一个支付宝用户的淘麦VIP会员身份：当前等级、到期时间，以及上一次会员失效的时间。',
    en: 'Shows the cinema membership of an Alipay user: its level now, its expiry, and when an earlier one lapsed.',
  },
  package: 'film.member',
  session: 'none',
  kind: 'read',
  outcome: { at: 'result.result_code', done: ['0'], message: 'result.result_message' },
  request: {
    query_member_identity_param: struct(
      'QueryMemberIdentityParam',
      { zh: '查询参数', en: 'Whose membership' },
      { alipay_id },
    ),
  },
  response: {
    result: struct(
      'PfResult',
      { zh: '返回结果', en: 'Wrapper of the answer' },
      {
        module: optional(
          struct(
            'MemberIdentityDTO',
            { zh: '会员身份', en: 'The membership; left out unless result_code is 0' },
            {
              expire_date: optional(
                date(
                  { zh: '会员到期时间，含该秒', en: 'Last second of the membership; left out without one' },
                  { example: '2025-12-31 23:59:59' },
                ),
              ),
              member_level,
              mix_user_id: text(mix_user_id, { example: 'ewr3423425' }),
              nick: text({ zh: '脱敏昵称', en: 'Masked nickname' }, { example: 'A***B' }),
              invalid_date: optional(
                date(
                  { zh: '上一次会员失效时间', en: 'When a membership that lapsed last ended; left out if none did' },
                  { example: '2025-12-31 23:59:59' },
                ),
              ),
            },
          ),
        ),
        result_code: text(
          { zh: '返回码，0表示成功', en: 'Business code; 0 is success' },
          {
            example: '0',
            values: {
              '0': { zh: '请求成功', en: 'success' },
              NOT_BIND_TAO_BAO: { zh: '支付宝用户未绑定淘宝账号', en: 'no Taobao user is bound to this Alipay user' },
            },
          },
        ),
        result_message: text({ zh: '返回信息', en: 'The code in words' }, { example: '请求成功' }),
        success: text(
          { zh: '是否成功', en: 'Whether it was done, as text' },
          { example: 'true', values: { true: { zh: '成功', en: 'done' }, false: { zh: '失败', en: 'refused' } } },
        ),
      },
    ),
  },
});

const errors = {
  'isv.member-over': {
    cause: { zh: '会员到期时间已过', en: 'The membership would be over already' },
    remedy: {
      zh: '填写将来的 expire_date；结束会员用 member_level 0',
      en: 'Give a later expire_date; to end one, save member_level 0',
    },
  },
  'isv.member-contradicts': {
    cause: { zh: '会员等级与到期时间不符', en: 'Level and expiry contradict each other' },
    remedy: {
      zh: '等级 1 和 10 须填 expire_date，等级 0 不填',
      en: 'Levels 1 and 10 need an expire_date, level 0 has none',
    },
  },
} as const satisfies Record<string, MethodError>;

/** Binds an Alipay user, gives it a membership, renews or ends it. */
export const memberSave = method({
  ...admin,
  errors,
  name: 'piaoquan.lottery.member.save',
  title: { zh: '保存会员身份', en: 'Save a membership' },
  purpose: {
    zh: '登记支付宝用户绑定的淘宝账号与会员身份，或续期、改等级、结束（等级 0）。重复保存相同内容不改变什么。',
    en: 'Enters the Taobao user of an Alipay user with its membership, or renews, changes or ends it (level 0). Saved again as it is, nothing changes.',
  },
  kind: 'write',
  request: {
    alipay_id,
    mix_user_id: text(mix_user_id, { example: 'ewr3423425', maxLength: 128 }),
    nick: text(
      { zh: '昵称，只保存掩码', en: 'Nickname, of which a mask is kept' },
      { example: 'A***B', maxLength: 64 },
    ),
    member_level,
    expire_date: optional(
      date(
        { zh: '会员到期时间，含该秒；等级 0 不填', en: 'Last second of the membership; left out with level 0' },
        { example: '2035-12-31 23:59:59' },
      ),
    ),
  },
  response: { is_success },
});
