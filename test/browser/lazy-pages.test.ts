import { expect, test } from 'vitest';
import { readPasted } from '../../web/docs/parameters.ts';
import { rank, type SearchEntry } from '../../web/docs/search-rank.ts';

const pasted = (text: string) => {
  const { form, parameters, problemLine } = readPasted(text);
  return [form, Object.fromEntries(parameters), problemLine];
};

test.each<[string, ReturnType<typeof pasted>]>([
  ['', ['empty', {}, undefined]],
  ['a=1\nb=x y=z\r\n\n c : 2\nd\t3\ne=', ['lines', { a: '1', b: 'x y=z', c: '2', d: '3', e: '' }, undefined]],
  ['timestamp=2026-01-02 03:04:05', ['lines', { timestamp: '2026-01-02 03:04:05' }, undefined]],
  ['p={"a":"1&2"}\nq=%20', ['lines', { p: '{"a":"1&2"}', q: '%20' }, undefined]],
  ['a=1&b=%E6%B5%8B+x', ['query', { a: '1', b: '测 x' }, undefined]],
  ['http://127.0.0.1:7001/router/rest?a=1%2B1&b=#x', ['query', { a: '1+1', b: '' }, undefined]],
  ['{"a":1,"b":{"c":"测"},"d":"x"}', ['json', { a: '1', b: '{"c":"测"}', d: 'x' }, undefined]],
  ['{"a":', ['json', {}, 0]],
  ['a=1\nnothing', ['lines', { a: '1' }, 2]],
])('pasted parameters are read in the form they have: %j', (text, expected) => {
  expect(pasted(text)).toEqual(expected);
});

const entries: SearchEntry[] = [
  ['f', 'result.code', '券码 · taobao.film.fcode.export.query', '/a'],
  ['m', 'taobao.film.fcode.export.query', '券码数据导出查询 · 分页导出', '/b'],
  ['e', 'isv.code-missing', '缺少券码', '/c'],
  ['g', '签名', '', '/d'],
  ['m', 'taobao.film.fcode.code.query', '查询', '/e'],
];
const found = (query: string) => rank(entries, query).map(([, , , path]) => path);

test('a search finds what holds every word, methods and exact names first', () => {
  expect(found('export')).toEqual(['/b', '/a']);
  expect(found('FCODE  query')).toEqual(['/b', '/e', '/a']);
  expect(found('result.code')[0]).toBe('/a');
  expect(found('code missing')).toEqual(['/c']);
  expect(found('签名')).toEqual(['/d']);
  expect(found('nothing at all')).toEqual([]);
  expect(found('  ')).toEqual([]);
});

test('Chinese is found without the blanks between its words, and Latin letters are not guessed at', () => {
  expect(found('券码导出')).toEqual(['/b']);
  expect(found('导出 fcode')).toEqual(['/b']);
  expect(found('fcxp')).toEqual([]);
});
