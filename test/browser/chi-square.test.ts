import { expect, test } from 'vitest';
import { chiSquare, upperTail } from '../../web/console/workplaces/lottery/chi-square.ts';

// Critical values as every table prints them; the last two are closed forms, exp(-x/2) and erfc(√(x/2)).
test.each([
  [0, 3, 1],
  [3.841458820694124, 1, 0.05],
  [6.634896601021213, 1, 0.01],
  [5.991464547107979, 2, 0.05],
  [11.070497693516351, 5, 0.05],
  [18.307038053275146, 10, 0.05],
  [123.2252214533618, 99, 0.05],
  [77.0463320207, 99, 0.95],
  [10.827566170662733, 1, 0.001],
  [1400, 2, Math.exp(-700)],
  [100, 1, 1.5239706048320995e-23],
])('a chi-square of %d with %d degrees of freedom is exceeded with probability %d', (value, degrees, probability) => {
  expect(upperTail(value, degrees) / probability).toBeCloseTo(1, 8);
});

test('draws are judged against what their weights would have given', () => {
  const dice = [5, 8, 9, 8, 10, 20].map((drawn) => ({ weight: 3, drawn }));
  const fair = chiSquare(dice);
  expect(fair).toMatchObject({ expected: [10, 10, 10, 10, 10, 10], degrees: 5 });
  expect(fair?.statistic).toBeCloseTo(13.4, 12);
  expect(fair?.p_value).toBeCloseTo(0.019905220334774, 10);
});

test('a prize of weight 0 takes no part, and draws that fit exactly have probability 1', () => {
  const prizes = [
    { weight: 70, drawn: 700 },
    { weight: 0, drawn: 55 },
    { weight: 30, drawn: 300 },
  ];
  expect(chiSquare(prizes)).toEqual({ expected: [700, 0, 300], statistic: 0, degrees: 1, p_value: 1 });
});

test('nothing is said without two prizes and a draw', () => {
  expect(chiSquare([])).toBeUndefined();
  expect(chiSquare([{ weight: 1, drawn: 9 }])).toBeUndefined();
  expect(
    chiSquare([
      { weight: 1, drawn: 0 },
      { weight: 0, drawn: 3 },
      { weight: 2, drawn: 0 },
    ]),
  ).toBeUndefined();
});
