import type { Label } from '../../src/contract/schema.ts';

/** Where a text may be looked for: the form it must have, and the page that shows it. */
export type Search = { readonly words: Label; readonly fits: RegExp; readonly to: (text: string) => string };

const query = (path: string, name: string) => (text: string) => `${path}?${name}=${encodeURIComponent(text)}`;

/** Every place where an id may be looked for, the likeliest first. Pages read the query and set their filter by it. */
export const searches: readonly Search[] = [
  {
    words: { zh: '调用 request_id', en: 'Call by request_id' },
    fits: /^[a-z0-9]{14}$/,
    to: query('/platform/calls', 'request_id'),
  },
  {
    words: { zh: '抽奖活动', en: 'Draw activity' },
    fits: /^prizePool_|^[\w-]{6,128}$/,
    to: (text) => `/lottery/${encodeURIComponent(text)}`,
  },
  {
    words: { zh: '中奖记录 out_biz_id', en: 'Draw by out_biz_id' },
    fits: /^\S{3,100}$/,
    to: query('/lottery/draws', 'out_biz_id'),
  },
  {
    words: { zh: '中奖用户', en: 'Draws of a user' },
    fits: /^\S{1,100}$/,
    to: query('/lottery/draws', 'mix_user_id'),
  },
  {
    words: { zh: '券码批次', en: 'Batch of codes' },
    fits: /^code_|^[\w-]{6,128}$/,
    to: (text) => `/vouchers/${encodeURIComponent(text)}`,
  },
  { words: { zh: '券码', en: 'Voucher code' }, fits: /^\S{6,64}$/, to: query('/vouchers/codes', 'code') },
  {
    words: { zh: '发券单号 ext_order_id', en: 'Codes of an ext_order_id' },
    fits: /^\S{1,64}$/,
    to: query('/vouchers/codes', 'ext_order_id'),
  },
  { words: { zh: '用户的券码', en: 'Codes of a user' }, fits: /^\S{1,128}$/, to: query('/vouchers/codes', 'user_id') },
  { words: { zh: '项目', en: 'Project' }, fits: /^\d{1,16}$/, to: (text) => `/ticketing/${text}` },
  { words: { zh: '票务订单', en: 'Ticket order' }, fits: /^\d{1,19}$/, to: query('/ticketing/orders', 'order_id') },
  { words: { zh: '票', en: 'Ticket' }, fits: /^\d{10,16}$/, to: query('/ticketing/orders', 'ticket_code_id') },
  {
    words: { zh: '票务订单的购物车 ID', en: 'Ticket order by cart id' },
    fits: /^\S{1,64}$/,
    to: query('/ticketing/orders', 'shopping_cart_id'),
  },
  {
    words: { zh: '票务支付流水号', en: 'Ticket order by payment' },
    fits: /^\S{1,128}$/,
    to: query('/ticketing/orders', 'pay_no'),
  },
  { words: { zh: '投放计划', en: 'Send plan' }, fits: /^\d{1,16}$/, to: (text) => `/sendplans/${text}` },
  {
    words: { zh: '权益发放 unique_id', en: 'Benefit send by unique_id' },
    fits: /^\S{3,128}$/,
    to: query('/benefits/sends', 'unique_id'),
  },
  { words: { zh: '应用', en: 'App' }, fits: /^\d{1,20}$/, to: (text) => `/platform/apps/${text}` },
  { words: { zh: '应用的调用', en: 'Calls of an app' }, fits: /^\d{6,20}$/, to: query('/platform/calls', 'app_key') },
  {
    words: { zh: '错误码 sub_code 的调用', en: 'Calls refused with a sub_code' },
    fits: /^(isv|isp|invalid|session|sessionkey)[.-][\w.:-]{1,120}$/,
    to: query('/platform/calls', 'sub_code'),
  },
  {
    words: { zh: '操作员的变更', en: 'Changes by an operator' },
    fits: /^[a-z][a-z0-9._-]{2,31}$/,
    to: query('/platform/changes', 'actor'),
  },
  { words: { zh: '任务', en: 'Job' }, fits: /^\d{1,16}$/, to: query('/platform/jobs', 'job_id') },
];
