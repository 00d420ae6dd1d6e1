import { expect, test } from 'vitest';
import { texts } from './request.ts';

test.each<[readonly unknown[], string]>([
  [['1', '2'], '1,2'],
  [[], '[]'],
  [[''], '[""]'],
  [[undefined], '[""]'],
  [['a,b'], '["a,b"]'],
])('the list %j goes as %s, never as a text that says it was left out', (list, text) => {
  expect(texts({ ticket_code_ids: list }, 'piaoquan.ticketing.order.refund').get('ticket_code_ids')).toBe(text);
});
