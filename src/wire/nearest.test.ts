import { expect, test } from 'vitest';
import { catalogue } from '../contract/catalogue.ts';
import { nearestName } from './nearest.ts';

const methods = catalogue.map(({ name }) => name);

test.each([
  ['taobao.tiem.get', 'taobao.time.get'],
  ['Taobao.Time.Get', 'taobao.time.get'],
  ['taobao.time', 'taobao.time.get'],
  ['film.lottery.performance', 'taobao.film.lottery.performance'],
  ['taobao.film.lotery.performance', 'taobao.film.lottery.performance'],
  ['taobao_film_lottery_performance', 'taobao.film.lottery.performance'],
  ['taobao.film.lottery.performance ', 'taobao.film.lottery.performance'],
])('of the method %j the one that was meant is %j', (asked, meant) => {
  expect(nearestName(asked, methods)).toBe(meant);
});

test.each([
  ['user_limt', ['limit', 'user_limit', 'user_id'], 'user_limit'],
  ['userLimit', ['limit', 'user_limit'], 'user_limit'],
  ['limit_user', ['limit', 'user_limit'], 'user_limit'],
  ['ticket_ids', ['order_id', 'ticket_code_ids', 'reason'], 'ticket_code_ids'],
  ['ticket_id', ['order_id', 'ticket_code_ids'], 'ticket_code_ids'],
  ['nmae', ['name', 'title'], 'name'],
  ['page', ['page_index', 'size'], 'page_index'],
  ['application/json', ['xml', 'json'], 'json'],
  ['JSON', ['xml', 'json'], 'json'],
])('of the name %j among %j the one that was meant is %j', (asked, known, meant) => {
  expect(nearestName(asked, known)).toBe(meant);
});

test.each(['', '...', 'taobao.user.seller.get', '抽奖', 'constructor', 'x'.repeat(4_000_000)])(
  'a name that is like no other means none',
  (asked) => {
    expect(nearestName(asked, methods)).toBeUndefined();
  },
);
