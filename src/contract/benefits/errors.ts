import type { MethodError } from '../method.ts';

/** The error table that the pages of the benefit family share; what `isp.` marks may be tried again. */
export const benefitErrors = {
  'isv.param-error:112': {
    cause: { zh: '入参为空', en: 'The input is empty' },
    remedy: { zh: '检查入参', en: 'Fill in the input' },
  },
  'isv.param-error:203': {
    cause: { zh: '发放者id为空', en: 'The id of the giver is empty' },
    remedy: { zh: '填写发放者id', en: 'Give the id of the giver' },
  },
  'isv.param-error:2010': {
    cause: { zh: '活动id为空', en: 'The activity id is empty' },
    remedy: { zh: '填写活动id', en: 'Give the activity id' },
  },
  'isv.param-error:295': {
    cause: { zh: '活动详情未创建', en: 'The activity, or the detail in it, does not exist or was deleted' },
    remedy: { zh: '创建活动详情', en: 'Create the activity detail first' },
  },
  'isp.param-error:100': {
    cause: { zh: '操作太频繁', en: 'The receiver was sent this benefit as often as one window of time allows' },
    remedy: { zh: '请勿频繁操作', en: 'Wait for the next window' },
  },
  'isp.param-error:102': {
    cause: { zh: '系统繁忙', en: 'Too many operations of this seller wait' },
    remedy: { zh: '系统繁忙,请稍后再试', en: 'Try again a little later, a send with the same unique_id' },
  },
  'isp.param-error:301': {
    cause: {
      zh: '请勿重复操作',
      en: 'The unique_id is used by another send, or the chain of sharing has rewarded this receiver',
    },
    remedy: { zh: '请勿重复操作', en: 'Give every send a unique_id of its own' },
  },
  'isv.param-error:250': {
    cause: { zh: '选择发放的权益不存在', en: 'The benefit or type chosen does not exist for this seller' },
    remedy: { zh: '请先去创建权益', en: 'Create the benefit first, or choose one of your own' },
  },
  'isp.param-error:236': {
    cause: { zh: '发放失败', en: 'Not sent now: not begun, withdrawn, or too few are left' },
    remedy: { zh: '发放失败,请检查传入参数是否正确并稍后再试', en: 'Check the parameters and try again later' },
  },
  'isv.param-error:225': {
    cause: {
      zh: '接收者不存在',
      en: 'No receiver is named, none bears the name, or the names are of different receivers',
    },
    remedy: { zh: '请填写正确的接收者id', en: 'Give the right id of the receiver' },
  },
  'isv.param-error:226': {
    cause: {
      zh: '权益不存在,发放失败',
      en: 'Not sent: the benefit is over, or the activity has none of the type asked for',
    },
    remedy: { zh: '权益不存在,请设置正确的权益', en: 'Name a benefit that exists' },
  },
  'isp.param-error:101': {
    cause: { zh: '流水记录写入失败', en: 'The database refused the record; nothing was sent' },
    remedy: {
      zh: '请查看发放列表信息是否正确,若异常,请联系相关人员',
      en: 'Compare the list of sendings; ask the platform if it is wrong',
    },
  },
  'isp.param-error:214': {
    cause: { zh: '红包发放失败', en: 'The red packet is withdrawn at present' },
    remedy: { zh: '系统异常,发放失败,请稍后再试', en: 'Try again when it is back in use' },
  },
  'isv.param-error:2011': {
    cause: { zh: '步骤参数为空', en: 'The step is empty' },
    remedy: { zh: '请填写步骤参数', en: 'Give step as 1, 2 or 3' },
  },
} as const satisfies Record<string, MethodError>;

/** What the methods of a seller's activities have in common. */
export const ofSeller = {
  category: 'benefit',
  package: 'promotion.benefit',
  session: 'required',
  errors: benefitErrors,
} as const;

/** Fields without which a call has an empty parameter, and those without which it names no activity. */
export const EMPTY = { missing: 'isv.param-error:112' } as const;
export const NO_ACTIVITY = { missing: 'isv.param-error:2010' } as const;
