import { adminRead } from '../common.ts';
import { choices, explained } from '../explain.ts';
import { method } from '../method.ts';
import { sendPlanReceive } from './genie.ts';

/** Why a user would, or would not, receive a plan now. */
export const receiveExplain = method({
  ...adminRead,
  name: 'piaoquan.sendplan.receive.explain',
  title: { zh: '解释领取', en: 'Explain a receive' },
  purpose: {
    zh: '逐条说明用户此刻能否领取发放计划及原因：合作方、人群、圈选内容、上下架、时间、次数、商品库存与概率；不改变任何数据。',
    en: 'Says rule by rule whether a user would receive a plan now and why: partner, circle, content, shelf, period, limits, items and odds. Nothing is changed.',
  },
  request: { param0: sendPlanReceive.request.properties.param0 },
  response: { ...explained, choices },
});
