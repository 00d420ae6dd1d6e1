import { adminRead, cursor, next_cursor, page_size } from '../common.ts';
import { method } from '../method.ts';
import { date, integer, list, optional, struct, text } from '../schema.ts';

/** Every counter whose ledger can be read, with how its key is spelled. */
export const COUNTERS = {
  'lottery.win_times': { zh: '时段库存；spread_id/时段号', en: 'wins a segment allows; spread_id/segment_no' },
  'lottery.consumed_win_times': { zh: '时段已消耗；spread_id/时段号', en: 'wins given; spread_id/segment_no' },
  'lottery.total_count': { zh: '奖品库存；spread_id/奖品号', en: 'own stock of a prize; spread_id/prize_no' },
  'lottery.consumed_count': {
    zh: '奖品有效发放数；spread_id/奖品号',
    en: 'standing wins of a prize; spread_id/prize_no',
  },
  'voucher_batch.total_count': { zh: '券码总数；mix_id', en: 'codes of a batch; mix_id' },
  'voucher_batch.issued_count': { zh: '已发放数；mix_id', en: 'codes issued; mix_id' },
  'voucher_batch.consumed_count': { zh: '已核销数；mix_id', en: 'codes that stand consumed; mix_id' },
  'voucher_batch.voided_count': { zh: '已作废数；mix_id', en: 'codes voided; mix_id' },
  'ticketing_price.goods_count': {
    zh: '票档数量；项目/场次/票档',
    en: 'tickets of a tier; project_id/event_id/price_id',
  },
  'ticketing_price.sale_count': { zh: '票档已售；项目/场次/票档', en: 'sold; project_id/event_id/price_id' },
  'ticketing_price.held_count': { zh: '票档占用；项目/场次/票档', en: 'held; project_id/event_id/price_id' },
  'sendplan_item.total_inventory': { zh: '商品总库存；计划id/商品id', en: 'units of an item; plan_id/item_id' },
  'sendplan_item.consumed_inventory': { zh: '商品已消耗；计划id/商品id', en: 'units received; plan_id/item_id' },
  'benefit_template.total_num': { zh: '权益总数；卖家/权益id', en: 'units bought; user_id/benefit_id' },
  'benefit_template.valid_total_num': { zh: '权益可用数；卖家/权益id', en: 'units not yet sent; user_id/benefit_id' },
} as const;

/** The name of a counter whose ledger can be read. */
export type Counter = keyof typeof COUNTERS;

/** The entries behind a counter. */
export const ledgerList = method({
  ...adminRead,
  name: 'piaoquan.ledger.list',
  title: { zh: '台账', en: 'The ledger of a counter' },
  purpose: {
    zh: '一个计数背后的每一笔：期初、调整、扣减、退回，最新在前；全部 delta 之和等于现值。',
    en: 'Every entry behind a counter, openings, adjustments, takes and returns, newest first. All deltas add up to the counter.',
  },
  request: {
    counter: text({ zh: '计数', en: 'Which counter' }, { example: 'lottery.win_times', values: COUNTERS }),
    key: text(
      { zh: '计数的键，写法见 counter', en: 'Which one of them, spelled as counter says' },
      { example: 'prizePool_admin/1', maxLength: 200 },
    ),
    cursor: cursor(),
    page_size,
  },
  response: {
    counted: integer({ zh: '现值', en: 'What the counter shows now' }, { example: '100' }),
    entries: list(
      struct(
        'LedgerEntry',
        { zh: '一笔', en: 'An entry' },
        {
          entered_at: date({ zh: '时间', en: 'When' }, { example: '2026-01-02 03:04:05' }),
          kind: text(
            { zh: '类型', en: 'What it is' },
            {
              example: 'adjusted',
              values: {
                opening: { zh: '期初', en: 'what it began with' },
                adjusted: { zh: '调整', en: 'a change by an operator' },
                taken: { zh: '扣减', en: 'a draw, receive, send, redemption or order' },
                returned: { zh: '退回', en: 'a voiding, reversal, refund or lapsed hold' },
                added: { zh: '生成或导入', en: 'codes made or imported' },
              },
            },
          ),
          delta: integer({ zh: '增减', en: 'What it added to the counter' }, { example: '100' }),
          ref: text({ zh: '单号', en: 'Key of the call, order or change' }, { example: 'adjust-1' }),
          reason: optional(text({ zh: '原因', en: 'Why, as the operator wrote' }, { example: '追加库存' })),
          operator: optional(text({ zh: '操作者', en: 'App that called' }, { example: '12345678' })),
        },
      ),
      { zh: '台账，最新在前', en: 'The entries, newest first' },
    ),
    next_cursor,
  },
  errors: {
    'isv.counter-not-found': {
      cause: { zh: '没有此计数', en: 'There is no such counter' },
      remedy: { zh: '检查 counter 与 key', en: 'Check counter and key' },
    },
  },
});

/** The ledgers. */
export const adminLedgerContracts = [ledgerList] as const;
