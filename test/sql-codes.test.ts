import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { catalogue } from '../src/contract/catalogue.ts';
import type { Contract } from '../src/contract/method.ts';
import { sqlFilesBelow } from './harness/sql-sources.ts';

const bodies = new Map(sqlFilesBelow('src').map(({ path, sql }) => [basename(path, '.sql'), sql]));

/** A function and all that it calls, however far down. */
function reachedFrom(name: string, seen = new Set<string>()): Set<string> {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const word of new Set(bodies.get(name)?.match(/\b[a-z_]+(?=\()/g)))
    if (bodies.has(word)) reachedFrom(word, seen);
  return seen;
}

/** What a method may answer, by its contract: its errors and whatever values its answer lists. */
function declaredBy(method: string): string[] {
  const contracts: readonly Contract[] = catalogue;
  const { errors, response } = contracts.find(({ name }) => name === method) as Contract;
  const listed: string[] = [];
  JSON.stringify(response, (key, value) => {
    if (key === 'values' && typeof value === 'object') listed.push(...Object.keys(value));
    return value;
  });
  return [...Object.keys(errors), ...listed];
}

const DAMAI = 'alibaba.damai.maizuo.openapi';
const LOTTERY_CODE = /\b(2000\d\d)\b/g;
const TICKETING_CODE = /\b(102\d\d)\b/g;
const VOUCHER_WORD = /'([A-Z]+(?:_[A-Z]+)*)'/g;
const REFUSAL = /'([a-z]+(?:-[a-z]+)+)'/g;

test.each<[string[], RegExp, string[], string?]>([
  [['lottery_homes', 'lottery_claim', 'lottery_draw'], LOTTERY_CODE, ['taobao.film.lottery.performance']],
  [['lottery_invalid'], LOTTERY_CODE, ['taobao.film.lottery.performance.invalid']],
  [
    ['lottery_adjust'],
    REFUSAL,
    ['piaoquan.lottery.segment.stock.adjust', 'piaoquan.lottery.prize.stock.adjust'],
    'isv.',
  ],
  [['ticketing_order_submit'], TICKETING_CODE, [`${DAMAI}.order.submit`]],
  [['ticketing_order_pay'], TICKETING_CODE, [`${DAMAI}.trade.pay.result.callback`]],
  [['sendplan_receive'], /\b(10[01]\d)\b/g, ['alibaba.ai.content.business.send.plan.receive']],
  [['sendplan_charge'], /\b(20\d\d)\b/g, ['alibaba.ai.content.business.supply.charge']],
  [['benefit_send'], /'(is[pv]\.[\w.:-]+)'/g, ['taobao.promotion.benefit.activity.send']],
  [['benefit_send'], /'(is[pv]\.[\w.:-]+)'/g, ['taobao.mobile.promotion.benefit.activity.send']],
  [['voucher_operate_logged'], VOUCHER_WORD, ['piaoquan.voucher.code.bind']],
])('every code that %s may give is declared by its contract', (roots, pattern, methods, prefix = '') => {
  const reached = [...new Set(roots.flatMap((root) => [...reachedFrom(root)]))];
  const given = new Set(
    reached.flatMap((name) =>
      [...(bodies.get(name) as string).matchAll(pattern)].map(([, code]) => `${prefix}${code}`),
    ),
  );
  const declared = new Set(methods.flatMap(declaredBy));
  expect(given.size).toBeGreaterThan(0);
  expect([...given].filter((code) => !declared.has(code))).toEqual([]);
});
