import { adminRead } from '../common.ts';
import { explained } from '../explain.ts';
import { method } from '../method.ts';
import { integer } from '../schema.ts';
import { benefitErrors } from './errors.ts';
import { activitySend } from './send.ts';

const send = activitySend.request.properties;

/** Why a benefit would, or would not, be sent in full now. */
export const benefitSendExplain = method({
  ...adminRead,
  name: 'piaoquan.benefit.send.explain',
  title: { zh: '解释权益发放', en: 'Explain a send' },
  purpose: {
    zh: '逐条说明 benefit.activity.send 的一个请求此刻能否全部发出及原因：接收者、关联与详情、类型、时间、状态、频次、库存；不改变任何数据。',
    en: 'Says rule by rule whether a request of benefit.activity.send would be sent in full now and why: receiver, relation and detail, type, period, state, window limits, stock. Nothing is changed.',
  },
  request: {
    user_id: integer({ zh: '卖家用户id', en: 'User id of the seller' }, { example: '6100000', minimum: 1 }),
    send_request: send.send_request,
    receiver_id: send.receiver_id,
    nick: send.nick,
    plat_nick: send.plat_nick,
    mix_receiver_id: send.mix_receiver_id,
    ouid: send.ouid,
    uid: send.uid,
  },
  response: explained,
  errors: benefitErrors,
});
