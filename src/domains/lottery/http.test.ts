import { Agent, request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { demo, startTestServer, type TestServer } from '../../../test/harness/server.ts';
import { signedParameters } from '../../sdk/request.ts';
import { encodeForm } from '../../wire/form.ts';

const DRAW = 'taobao.film.lottery.performance';
const INVALID = 'taobao.film.lottery.performance.invalid';
const agent = new Agent({ keepAlive: true, maxSockets: 100 });

let server: TestServer;
let urls: string[];
beforeAll(async () => {
  server = await startTestServer();
  urls = [server.url, (await server.another()).url];
});
afterAll(async () => {
  agent.destroy();
  const findings = await server.database.sql`select * from audit_lottery where counted is distinct from ledger`;
  await server.close();
  expect(findings).toEqual([]);
});

type Answer = {
  return_code: string;
  return_message: string;
  return_value?: {
    result_code: number;
    rewards: { lottery_performance_reward_d_t_o?: Record<string, unknown>[] };
  };
};
type Param = { mix_user_id: string; spread_id?: string; out_biz_id: string; platform?: number; biz_ext_info?: string };

/** Calls by one of the two servers; the answer's root less its request_id. */
function ask(method: string, param: Param, url = urls[0]): Promise<Answer> {
  const name = method === DRAW ? 'lottery_performance_top_param' : 'lottery_performance_invalid_param';
  const business = { [name]: { spread_id: 'prizePool_open', platform: 8, ...param } };
  const body = encodeForm(signedParameters(demo, method, business, new Date()));
  const headers = { 'content-type': 'application/x-www-form-urlencoded;charset=utf-8' };
  return new Promise((done, failed) => {
    const sent = request(`${url}/router/rest`, { method: 'POST', agent, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      answer.on('end', () => {
        const { request_id, ...root } = Object.values(JSON.parse(text))[0] as Answer & { request_id?: string };
        done(root);
      });
    });
    sent.on('error', failed).end(body);
  });
}

const draw = (param: Param, url?: string) => ask(DRAW, param, url);
const prizesOf = (answer: Answer) => answer.return_value?.rewards.lottery_performance_reward_d_t_o ?? [];
const codesOf = (answer: Answer) =>
  prizesOf(answer).flatMap(({ code_info_list }) =>
    ((code_info_list as { reward_info_d_t_o?: { code: string }[] } | undefined)?.reward_info_d_t_o ?? []).map(
      ({ code }) => code,
    ),
  );

test('every request sent three times at once to two servers has one effect and equal answers', async () => {
  const params = Array.from({ length: 100 }, (_, n) => ({ mix_user_id: `user-${n}`, out_biz_id: `triple-${n}` }));
  const answers = await Promise.all(
    params.map((param) => Promise.all([draw(param, urls[0]), draw(param, urls[1]), draw(param, urls[0])])),
  );
  for (const [first, ...more] of answers) {
    expect(first?.return_code).toBe('0');
    for (const again of more) expect(again).toEqual(first);
  }
  const [row] = await server.database.sql`
    select consumed_win_times from lottery_segment where spread_id = 'prizePool_open'`;
  expect(row?.consumed_win_times).toBe(100);
  const voided = await Promise.all(params.flatMap((param) => urls.map((url) => ask(INVALID, param, url))));
  expect(new Set(voided.map(({ return_code }) => return_code))).toEqual(new Set(['0']));
});

test('3,000 draws at once on two servers win exactly 2,000 times, and no code goes out twice', async () => {
  const answers = await Promise.all(
    Array.from({ length: 3000 }, (_, n) =>
      draw({ mix_user_id: `user-${n % 1500}`, out_biz_id: `rush-${n}` }, urls[n % 2]),
    ),
  );
  const wins = answers.filter(({ return_code }) => return_code === '0');
  expect(wins).toHaveLength(2000);
  for (const { return_value } of wins) expect(return_value?.result_code).toBe(1);
  const refused = answers.filter(({ return_code }) => return_code !== '0');
  expect(new Set(refused.map(({ return_code, return_message }) => `${return_code} ${return_message}`))).toEqual(
    new Set(['200007 本时段库存已发完']),
  );
  const codes = wins.flatMap(codesOf);
  expect(codes.length).toBeGreaterThan(100);
  expect(new Set(codes).size).toBe(codes.length);
  const shown = await server.json('taobao.film.lottery.performance.config.query', {
    performance_query_config_param: { spread_id: 'prizePool_open', platform: 8 },
  });
  expect(JSON.stringify(shown)).toContain('"win_times":2000,"consumed_win_times":2000');
  const [row] = await server.database.sql`select count(*) from lottery_grant where invalid_at is null
    and spread_id = 'prizePool_open'`;
  expect(row?.count).toBe(2000);
});

test('the prize is told in the words of the page, and a repetition tells it again', async () => {
  const param = { mix_user_id: 'user-1', out_biz_id: 'rush-1' };
  const rush = await Promise.all(
    Array.from({ length: 300 }, (_, n) => draw({ mix_user_id: `user-${n}`, out_biz_id: `rush-${n}` })),
  );
  const withCode = rush.find((answer) => codesOf(answer).length > 0);
  expect(prizesOf(withCode as Answer)).toEqual([
    {
      reward_title: '淘票票60元通兑券',
      reward_type: 1,
      reward_sub_type: 1,
      reward_count: 1,
      reward_unit: '张',
      cost_price: 6000,
      gmt_expire: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      reward_ext: '{}',
      code_info_list: { reward_info_d_t_o: [{ code: expect.stringMatching(/^[0-9A-Z]{11}$/) }] },
    },
  ]);
  expect(await draw(param)).toEqual(rush[1]);
});

test('a voided win can be won by somebody else; its own key is told that it is void', async () => {
  const param = { mix_user_id: 'user-0', out_biz_id: 'rush-0' };
  expect(await ask(INVALID, { ...param, mix_user_id: 'user-1' })).toEqual({
    return_code: '200011',
    return_message: 'out_biz_id 已用于其他用户或活动',
  });
  expect(await ask(INVALID, param)).toEqual({ return_code: '0', return_message: '成功' });
  expect(await draw(param)).toEqual({ return_code: '200012', return_message: '该次发放已作废' });
  expect((await draw({ mix_user_id: 'late', out_biz_id: 'late' })).return_code).toBe('0');
  expect((await draw({ mix_user_id: 'later', out_biz_id: 'later' })).return_code).toBe('200007');
  expect(await ask(INVALID, { mix_user_id: 'x', out_biz_id: 'never drawn' })).toEqual({
    return_code: '200013',
    return_message: '发放记录不存在',
  });
});

test('the documented draw is told that its campaign is over', async () => {
  expect(
    await draw({
      mix_user_id: 'AAHbqNnmACSqk_rfpVTc9e3T',
      spread_id: 'prizePool_o2pgeyxphlccrjm5jvm2ykpfxox7rz6wdohtp',
      out_biz_id: 'test_out_biz_id',
      biz_ext_info: '{}',
    }),
  ).toEqual({ return_code: '200005', return_message: '活动已结束' });
});

test('a phone number given as user id is kept as mask and keyed hash only, and found again', async () => {
  const { sql } = server.database;
  await sql`update lottery_segment set win_times = 2001 where spread_id = 'prizePool_open'`;
  await sql`select lottery_enter_opening(8, 'prizePool_open', 'win_times', 99, 1, now())`;
  await sql`update lottery_adjustment set counter_no = 1 where counter_no = 99`;
  const param = { mix_user_id: '13800135678', out_biz_id: 'phone' };
  const won = await draw(param);
  expect(won.return_code).toBe('0');
  expect(await draw({ ...param, mix_user_id: '+8613800135678' })).toEqual(won);
  expect((await draw({ ...param, mix_user_id: '13800135679' })).return_code).toBe('200011');
  const [row] = await sql`select mix_user_id from lottery_grant where out_biz_id = 'phone'`;
  expect(row?.mix_user_id).toMatch(/^138\*{4}5678#[\w-]{43}$/);
});
