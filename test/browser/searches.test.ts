import { expect, test } from 'vitest';
import { searches } from '../../web/console/searches.ts';

/** Where ⌘K leads with a text. */
const places = (text: string): string[] => searches.filter(({ fits }) => fits.test(text)).map(({ to }) => to(text));

test.each([
  ['a request_id', 'mwr6mdgxnlp2nu', '/platform/calls?request_id=mwr6mdgxnlp2nu'],
  ['an order_id', '7200001000000012', '/ticketing/orders?order_id=7200001000000012'],
  ['a ticket id', '7200001000000013', '/ticketing/orders?ticket_code_id=7200001000000013'],
  ['an ext_order_id', 'ext-1/2', '/vouchers/codes?ext_order_id=ext-1%2F2'],
  ['an out_biz_id', 'biz-1', '/lottery/draws?out_biz_id=biz-1'],
  ['an app_key', '12345678', '/platform/apps/12345678'],
  ['a batch', 'code_open', '/vouchers/code_open'],
  ['a unique_id', 'send-20260102-1', '/benefits/sends?unique_id=send-20260102-1'],
  ['a job', '17', '/platform/jobs?job_id=17'],
  ['a sub_code', 'isv.invalid-signature', '/platform/calls?sub_code=isv.invalid-signature'],
  ['an operator', 'lin', '/platform/changes?actor=lin'],
])('the search by id leads with %s to what shows it', (_what, text, place) => {
  expect(places(text)).toContain(place);
});
