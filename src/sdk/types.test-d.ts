import { expectTypeOf, test } from 'vitest';
import type { AnswerOf, BatchCall, Client, ExportedCode, ItemOf, LooseRequest, TopError } from './index.ts';

declare const client: Client;
const EXPORT = 'taobao.film.fcode.export.query';

/** Checked by the compiler (`npm run check`) and never run. */
test('calls are typed by the name of their method', () => {
  const time = () => client.call('taobao.time.get');
  expectTypeOf(time).returns.resolves.toHaveProperty('time').toEqualTypeOf<Date>();
  expectTypeOf(time).returns.resolves.toHaveProperty('request_id').toEqualTypeOf<string>();
  // @ts-expect-error a request with mandatory members cannot be left out
  void (() => client.call(EXPORT));
  // @ts-expect-error nor can a mandatory member
  void (() => client.call(EXPORT, { mix_id: 'a', partner_code: 'b' }));
  // @ts-expect-error a member that the method has not is a mistake
  void (() => client.call('piaoquan.voucher.batch.get', { mix_id: 'a', mixid: 'b' }));
});

test('other names are taken with loose types, whether written out or computed', () => {
  const other = (name: string) => client.call(name, { any: 1 });
  expectTypeOf(other).returns.resolves.toHaveProperty('anything').toBeUnknown();
  expectTypeOf<AnswerOf<'of.tomorrow'>>().toEqualTypeOf<LooseRequest & { readonly request_id: string }>();
  expectTypeOf<ItemOf<'of.tomorrow'>>().toBeUnknown();
});

test('the outcomes of a batch are typed one by one, or alike for a list', () => {
  const pair = () => client.batch([{ method: 'taobao.time.get' }, { method: 'of.tomorrow', request: { any: 1 } }]);
  expectTypeOf(pair).returns.resolves.toEqualTypeOf<
    [AnswerOf<'taobao.time.get'> | TopError, AnswerOf<'of.tomorrow'> | TopError]
  >();
  const list = (calls: BatchCall<'taobao.time.get'>[]) => client.batch(calls);
  expectTypeOf(list).returns.resolves.items.toEqualTypeOf<AnswerOf<'taobao.time.get'> | TopError>();
  // @ts-expect-error the request of each is checked
  void (() => client.batch([{ method: EXPORT, request: { mix_id: 'a', partner_code: 'b' } }]));
  // @ts-expect-error and must be there where it is needed
  void (() => client.batch([{ method: EXPORT }]));
});

test('what pages list is typed', () => {
  expectTypeOf<ItemOf<'piaoquan.voucher.batch.list'>>().toHaveProperty('bind_begin_time').toEqualTypeOf<Date>();
  expectTypeOf<ItemOf<'taobao.promotion.benefit.selector'>>().toHaveProperty('benefit_id').toEqualTypeOf<number>();
  expectTypeOf<ItemOf<typeof EXPORT>>().toEqualTypeOf<ExportedCode>();
  expectTypeOf<ExportedCode>().toHaveProperty('code_status').toEqualTypeOf<number>();
});

test('members that may be missing are never null in answers', () => {
  type Page = NonNullable<AnswerOf<typeof EXPORT>['result']['return_value']>;
  expectTypeOf<Page['basic']['max_bind_count']>().toEqualTypeOf<number | undefined>();
});
