import { adminRead } from '../common.ts';
import { caller_app_key, explained } from '../explain.ts';
import { method } from '../method.ts';
import { integer, optional, text, userIdText } from '../schema.ts';
import { sendCodeRequest } from './fcode.ts';

/** Why an order of codes would, or would not, be answered with codes now. */
export const sendExplain = method({
  ...adminRead,
  name: 'piaoquan.voucher.send.explain',
  title: { zh: '解释发券', en: 'Explain an issue of codes' },
  purpose: {
    zh: '逐条说明 taobao.film.lottery.sendcode 的一个请求此刻能否发出券码及原因；不改变任何数据。',
    en: 'Says rule by rule whether a request of taobao.film.lottery.sendcode would get codes now and why. Nothing is changed.',
  },
  request: {
    user_id: integer({ zh: '会话所属用户', en: 'The user whose session calls' }, { example: '6100000', minimum: 1 }),
    param_f_code_merchant_send_code_request: sendCodeRequest,
    caller_app_key,
  },
  response: explained,
});

/** Why a user could, or could not, bind a code now. */
export const bindExplain = method({
  ...adminRead,
  name: 'piaoquan.voucher.bind.explain',
  title: { zh: '解释绑定', en: 'Explain a binding' },
  purpose: {
    zh: '逐条说明用户此刻能否绑定券码及原因：错码锁定、券码状态、绑定时间、上下架、每人数量；不改变任何数据，也不计错码。',
    en: 'Says rule by rule whether a user could bind a code now and why: lock-out, state of the code, times, shelf, codes a user. Nothing is changed, and a wrong code is not counted.',
  },
  request: {
    mix_id: text({ zh: '码商品混淆ID', en: 'Id of the batch' }, { example: 'code_open', maxLength: 128 }),
    user_id: userIdText({ zh: '用户ID', en: 'The user' }, { example: 'uid-333' }),
    code: optional(
      text(
        { zh: '券码，不填则只判断批次与用户', en: 'The code; without it batch and user are judged' },
        { maxLength: 64 },
      ),
    ),
    caller_app_key,
  },
  response: explained,
});
