import { admin, is_success } from '../common.ts';
import { type MethodError, method } from '../method.ts';
import { bool, integer, optional, text, userIdText } from '../schema.ts';

/** Why an administration method of the charged memberships refuses. */
const errors = {
  'isv.secret-required': {
    cause: { zh: '新建 biz_code 必须给出 secret', en: 'A new biz_code needs a secret' },
    remedy: { zh: '填写 secret', en: 'Give secret' },
  },
  'isv.vip-not-found': {
    cause: { zh: '没有此会员', en: 'There is no such membership' },
    remedy: { zh: '检查来源、用户与履约类型', en: 'Check source, user and perform_type' },
  },
} as const satisfies Record<string, MethodError>;

const perform_type = integer(
  { zh: '履约类型', en: 'Length of the contract' },
  {
    example: '1',
    values: {
      '1': { zh: '月', en: 'a month' },
      '2': { zh: '季', en: 'a quarter' },
      '3': { zh: '年', en: 'a year' },
    },
  },
);
const source = text({ zh: '三方来源', en: 'Whose membership it is' }, { example: 'youku', maxLength: 64 });

/** Creates or changes a business code. */
export const bizSave = method({
  ...admin,
  errors,
  name: 'piaoquan.sendplan.biz.save',
  title: { zh: '保存充值业务', en: 'Save a business code' },
  purpose: {
    zh: '新建或修改 biz_code：充值哪种会员、签名密钥。新建时生成 RSA 密钥对，返回公钥。',
    en: 'Creates or changes a biz_code: which membership it charges, and the secret that signs. A new one gets an RSA pair; the public key is answered.',
  },
  kind: 'write',
  request: {
    biz_code: text({ zh: '业务code', en: 'Business code' }, { example: 'month', maxLength: 64 }),
    source,
    perform_type,
    auto_renew: bool({ zh: '是否连续包', en: 'Whether its memberships renew themselves' }, { example: 'true' }),
    status: optional(
      integer(
        { zh: '状态,新建默认1', en: 'State; 1 when it is new' },
        { values: { '1': { zh: '启用', en: 'open' }, '2': { zh: '停用', en: 'closed' } } },
      ),
    ),
    secret: optional(
      text(
        { zh: '签名密钥,已有业务不填为不变', en: 'Secret; left out: unchanged' },
        { example: 'a-secret-of-month', maxLength: 128 },
      ),
    ),
  },
  response: {
    public_key: text({ zh: 'RSA公钥(PEM)', en: 'RSA public key, PEM' }, { example: '-----BEGIN PUBLIC KEY-----…' }),
  },
});

/** Stops or resumes the renewal of a membership. */
export const vipRenewUpdate = method({
  ...admin,
  errors,
  name: 'piaoquan.sendplan.vip.renew.update',
  title: { zh: '取消或恢复续费', en: 'Stop or resume a renewal' },
  purpose: {
    zh: '用户取消连续包后会员至周期末有效，但不再续费。',
    en: 'A membership whose renewal was stopped holds to its end and is no longer renewing.',
  },
  kind: 'write',
  request: {
    source,
    third_user_id: userIdText({ zh: '手机号', en: 'The phone number charged' }, { example: '13812345678' }),
    perform_type,
    renewing: bool({ zh: '是否续费', en: 'Whether it renews itself' }, { example: 'false' }),
  },
  response: { is_success },
});

export const adminChargeContracts = [bizSave, vipRenewUpdate] as const;
