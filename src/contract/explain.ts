import { bool, integer, list, optional, struct, text } from './schema.ts';

const figure = struct(
  'ExplainFigure',
  { zh: '数字', en: 'A figure of this moment' },
  {
    name: text({ zh: '名称', en: 'What it is' }, { example: 'left' }),
    value: text({ zh: '值；时间为 GMT+8', en: 'Its value; instants in GMT+8' }, { example: '3' }),
  },
);

const rule = struct(
  'ExplainRule',
  { zh: '规则', en: 'A rule of the real method' },
  {
    rule: text({ zh: '规则名', en: 'Name of the rule' }, { example: 'segment_stock' }),
    passed: bool({ zh: '是否通过', en: 'Whether it lets the call pass now' }, { example: 'true' }),
    code: text(
      { zh: '不通过时真实接口返回的错误码', en: 'What the real method answers when it does not' },
      { example: '200007' },
    ),
    reason_zh: text({ zh: '中文说明', en: 'The reason in Chinese' }, { example: '本时段还有库存' }),
    reason_en: text({ zh: '英文说明', en: 'The reason in English' }, { example: 'the segment has wins left' }),
    figures: list(figure, { zh: '此刻的数字', en: 'The figures it rests on' }),
  },
);

/** Whose call is explained. */
export const caller_app_key = optional(
  text({ zh: '哪个应用的调用，默认调用方', en: 'Whose call; the caller unless given' }, { maxLength: 32 }),
);

/** The answer of every method that explains: whether the real call would pass now, and each rule in its order. */
export const explained = {
  result: bool({ zh: '真实调用此刻能否通过', en: 'Whether the real call would pass now' }, { example: 'true' }),
  refusal_code: optional(
    text({ zh: '真实调用将返回的错误码', en: 'The code the real call would answer; absent when it passes' }),
  ),
  rules: list(rule, {
    zh: '规则，按真实接口判断的顺序；最先不通过的一条决定结果',
    en: 'The rules in the order in which the real method decides; the first that does not pass is the reason',
  }),
};

/** Things drawn by weight, with their odds at this moment. */
export const choices = list(
  struct(
    'ExplainChoice',
    { zh: '可抽中的奖品', en: 'What may be drawn' },
    {
      id: integer({ zh: '奖品号或商品id', en: 'Its number' }, { example: '1' }),
      name: text({ zh: '名称', en: 'Name' }, { example: '淘票票5元代金券' }),
      weight: integer({ zh: '权重', en: 'Weight' }, { example: '10' }),
      left: optional(integer({ zh: '剩余，不限量时不返回', en: 'Units left; absent when unlimited' })),
      odds_ppm: integer({ zh: '此刻的抽中概率,百万分之一', en: 'Odds now, parts per million' }, { example: '250000' }),
    },
  ),
  { zh: '奖品与此刻的概率', en: 'What may be drawn now, and how probably' },
);

/** A thing that is drawn by weight; `left` null when unlimited, `is_open` whether it may be drawn now. */
export type Weighted = {
  readonly id: number;
  readonly name: string;
  readonly weight: number;
  readonly left: number | null;
  readonly is_open: boolean;
};

/** The odds of each of some things at this moment, among those that may be drawn. */
export function oddsOf(things: readonly Weighted[]) {
  const chance = ({ weight, is_open }: Weighted): number => (is_open ? weight : 0);
  const all = things.reduce((sum, each) => sum + chance(each), 0);
  return things.map((each) => ({
    ...{ id: each.id, name: each.name, weight: each.weight, left: each.left },
    odds_ppm: all === 0 ? 0 : Math.round((chance(each) / all) * 1_000_000),
  }));
}
