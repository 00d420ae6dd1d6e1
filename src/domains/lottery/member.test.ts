import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../../../test/harness/server.ts';

let now = new Date('2026-12-01T12:00:00.500+08:00');
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({}, { clock: () => now, fresh: true });
});
afterAll(() => server?.close());

const get = async (alipay_id: string): Promise<Record<string, unknown>> => {
  const answer: Record<string, unknown> = await server.json('taobao.film.member.get', {
    query_member_identity_param: { alipay_id },
  });
  return (answer.film_member_get_response as { result: Record<string, unknown> }).result;
};

const save = async (member: Record<string, unknown>): Promise<string> =>
  server.call('piaoquan.lottery.member.save', { mix_user_id: 'm', nick: '张三丰', member_level: 1, ...member });

test('the documented member is a member for ten years, whose earlier membership ended when the page says', async () => {
  expect(await get('20882342xxx')).toMatchObject({
    module: { member_level: 10, mix_user_id: 'ewr3423425', nick: 'A***B', invalid_date: '2025-12-31 23:59:59' },
    result_code: '0',
    success: 'true',
  });
});

test('of an Alipay user who was never bound nothing is told but that', async () => {
  expect(await get('2088000000000000')).toEqual({
    result_code: 'NOT_BIND_TAO_BAO',
    result_message: '支付宝用户未绑定淘宝账号',
    success: 'false',
  });
});

describe('a membership', () => {
  const alipay_id = '2088111122223333';

  test('holds its last second whole, is none from the next on, and its end is told when it is renewed', async () => {
    expect(await save({ alipay_id, expire_date: '2026-12-01 12:00:01' })).toContain('true');
    expect(await get(alipay_id)).toMatchObject({
      module: { member_level: 1, nick: '张****', expire_date: '2026-12-01 12:00:01' },
    });
    now = new Date('2026-12-01T12:00:01.999+08:00');
    expect((await get(alipay_id)).module).toMatchObject({ member_level: 1 });
    now = new Date('2026-12-01T12:00:02+08:00');
    expect((await get(alipay_id)).module).toEqual({
      ...{ member_level: 0, mix_user_id: 'm', nick: '张****', invalid_date: '2026-12-01 12:00:01' },
    });
    await save({ alipay_id, member_level: 10, expire_date: '2027-01-01 00:00:00' });
    expect((await get(alipay_id)).module).toMatchObject({
      ...{ member_level: 10, expire_date: '2027-01-01 00:00:00', invalid_date: '2026-12-01 12:00:01' },
    });
  });

  test('that level 0 ends is over at once, and ended again nothing changes', async () => {
    await save({ alipay_id, member_level: 0 });
    const ended = await get(alipay_id);
    expect(ended.module).toMatchObject({ member_level: 0, invalid_date: '2026-12-01 12:00:02' });
    now = new Date('2026-12-01T12:00:05+08:00');
    await save({ alipay_id, member_level: 0 });
    expect(await get(alipay_id)).toEqual(ended);
  });

  test('is refused with an end that is over, or whose level and end contradict each other, and then nothing is kept', async () => {
    const other = '2088111122224444';
    expect(await save({ alipay_id: other, expire_date: '2026-12-01 12:00:04' })).toContain('isv.member-over');
    expect(await save({ alipay_id: other })).toContain('isv.member-contradicts');
    expect(await save({ alipay_id: other, member_level: 0, expire_date: '2027-01-01 00:00:00' })).toContain(
      'isv.member-contradicts',
    );
    expect(await get(other)).toMatchObject({ success: 'false' });
  });

  test('of a hundred saves at once is that of one of them, whole', async () => {
    const levels = [1, 10];
    await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        save({
          ...{ alipay_id, mix_user_id: `m${n}`, member_level: levels[n % 2] },
          expire_date: `2027-01-01 00:${String(n % 60).padStart(2, '0')}:00`,
        }),
      ),
    );
    const { mix_user_id, member_level, expire_date } = (await get(alipay_id)).module as Record<string, string>;
    const n = Number(mix_user_id?.slice(1));
    expect(member_level).toBe(levels[n % 2]);
    expect(expire_date).toBe(`2027-01-01 00:${String(n % 60).padStart(2, '0')}:00`);
  });
});
