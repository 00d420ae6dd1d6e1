import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalogue } from '../src/contract/catalogue.ts';
import type { Contract } from '../src/contract/method.ts';
import { exampleRequest } from '../src/docs/examples.ts';
import { type ConsoleClient, hire, logIn } from './harness/console.ts';
import { documentedMethods } from './harness/ready.ts';
import { startTestServer, type TestServer } from './harness/server.ts';

let server: TestServer;
let owner: ConsoleClient;
beforeAll(async () => {
  server = await startTestServer();
  owner = await logIn(server.url, 'demo-login');
});
afterAll(() => server?.close());

const writes = (catalogue as readonly Contract[]).filter(
  ({ name, kind }) => name.startsWith('piaoquan.') && kind === 'write',
);

type Made = Record<string, unknown>;
/** What of the ready-made request of a write is otherwise, so that it succeeds and changes something; after which answers. */
type Ready = (answers: ReadonlyMap<string, Made>) => object | Promise<object>;

const SHOW = { project_id: 90000003, event_id: 731021112 };
/** The ticket of the demo's paid order, and the orders of its project by their state. */
const paidTicket = () =>
  server.database.sql`select * from ticketing_ticket where project_id = ${SHOW.project_id}`.then(
    ([ticket]) => ticket as { ticket_id: number; order_id: number },
  );
const unpaidOrder = async (): Promise<string> => {
  const [row] = await server.database.sql`
    select order_id::text as id from ticketing_order where project_id = ${SHOW.project_id} and order_status <> 2`;
  return row?.id;
};
const documented = (name: string) => documentedMethods.find((each) => each.name === name) as Contract;

/** The ready-made request of a write. */
const requestOf = (name: string): Record<string, object> =>
  JSON.parse(JSON.stringify(exampleRequest(writes.find((each) => each.name === name) as Contract)));

/** Every write once, in an order in which each finds what it changes; whatever is not named stays as its example has it. */
const READY: Readonly<Record<string, Ready>> = {
  'piaoquan.lottery.activity.save': () => ({}),
  'piaoquan.lottery.activity.status.update': () => ({}),
  'piaoquan.lottery.segment.stock.adjust': () => ({}),
  'piaoquan.lottery.prize.stock.adjust': async () => {
    const [prize] = await server.database.sql`
      select spread_id, prize_no from lottery_prize where total_count is not null order by spread_id, prize_no limit 1`;
    return { ...prize, adjust_id: 'prize-1' };
  },
  'piaoquan.lottery.draw.invalid': async () => {
    // Its one prize brings no code: a code that is void could not be bound below.
    const draw = { mix_user_id: 'u1', spread_id: 'prizePool_admin', out_biz_id: 'logged', platform: 8 };
    await server.json('taobao.film.lottery.performance', { lottery_performance_top_param: draw });
    return { draw: { spread_id: draw.spread_id, app_key: '12345678', out_biz_id: draw.out_biz_id } };
  },
  'piaoquan.lottery.draw.complete': () => ({ spread_id: 'prizePool_open', draw: undefined }),
  'piaoquan.lottery.member.save': () => ({}),
  'piaoquan.sendplan.circle.save': () => ({}),
  'piaoquan.sendplan.plan.save': () => ({}),
  'piaoquan.sendplan.plan.status.update': () => ({ status: 2 }),
  'piaoquan.sendplan.item.stock.adjust': () => ({}),
  'piaoquan.sendplan.biz.save': () => ({}),
  'piaoquan.sendplan.vip.renew.update': () => ({}),
  'piaoquan.benefit.template.save': () => ({}),
  'piaoquan.benefit.template.status.update': () => ({ status: 2 }),
  'piaoquan.benefit.template.stock.adjust': () => ({}),
  'piaoquan.benefit.type.update': () => ({ is_open: false }),
  'piaoquan.voucher.batch.save': () => ({}),
  'piaoquan.voucher.batch.generate': () => ({}),
  'piaoquan.voucher.batch.status.update': () => ({ mix_id: 'code_spring', status: 2 }),
  'piaoquan.voucher.grant.save': () => ({ partner_code: 'another' }),
  'piaoquan.voucher.grant.delete': () => ({ partner_code: 'another' }),
  'piaoquan.voucher.batch.import': () => ({}),
  'piaoquan.voucher.code.bind': () => ({}),
  'piaoquan.voucher.code.consume': () => ({}),
  'piaoquan.voucher.code.consume.reverse': () => ({}),
  'piaoquan.voucher.code.void': () => ({}),
  'piaoquan.job.cancel': async () => {
    // Of a kind that no worker takes, so that it still waits.
    const [job] = await server.database.sql`
      insert into job (kind, app_key, unique_id, input, total, created_at)
      values ('nobody', '12345678', 'waits', '{}', 1, now()) returning job_id`;
    return { ...job };
  },
  'piaoquan.ticketing.tenant.save': () => ({}),
  'piaoquan.ticketing.ptnr.save': () => ({}),
  'piaoquan.ticketing.channel.save': () => ({}),
  'piaoquan.ticketing.token.create': () => ({}),
  'piaoquan.ticketing.channel.authorize.save': () => ({}),
  'piaoquan.ticketing.price.stock.adjust': () => ({}),
  'piaoquan.ticketing.event.status.update': () => ({ status: 2 }),
  'piaoquan.ticketing.project.save': () => {
    const { project } = requestOf('piaoquan.ticketing.project.save');
    return { project: { ...project, project_id: 90000009 } };
  },
  'piaoquan.ticketing.ticket.check': async () => {
    const { ticket_id } = await paidTicket();
    const { qrcode } = await owner.call('piaoquan.ticketing.ticket.code.get', { ticket_code_id: String(ticket_id) });
    return { code: qrcode, event_id: SHOW.event_id };
  },
  'piaoquan.ticketing.ticket.check.undo': async () => ({ ticket_code_id: String((await paidTicket()).ticket_id) }),
  'piaoquan.ticketing.order.refund': async () => {
    const { order_id, ticket_id } = await paidTicket();
    return { order_id: String(order_id), ticket_code_ids: [String(ticket_id)] };
  },
  'piaoquan.ticketing.order.cancel': async () => ({ order_id: await unpaidOrder() }),
  'piaoquan.ticketing.payment.refund': async () => {
    const pay = documented('alibaba.damai.maizuo.openapi.trade.pay.result.callback');
    await server.json(pay.name, exampleRequest(pay));
    const [payment] = await server.database.sql`
      select order_id::text, pay_no from ticketing_payment where project_id = ${SHOW.project_id} and result_code <> 200`;
    return { ...payment };
  },
  'piaoquan.platform.app.create': () => ({}),
  'piaoquan.platform.app.save': (answers) => ({ app: { app_key: madeApp(answers), name: '改名' } }),
  'piaoquan.platform.app.secret.rotate': (answers) => ({ rotation: { app_key: madeApp(answers) } }),
  'piaoquan.platform.app.packages.set': (answers) => ({ grant: { app_key: madeApp(answers), packages: [] } }),
  'piaoquan.platform.session.create': (answers) => ({ grant: { app_key: madeApp(answers), user_id: 6100000 } }),
  'piaoquan.platform.session.revoke': (answers) => ({
    session_id: answers.get('piaoquan.platform.session.create')?.session_id,
  }),
  'piaoquan.platform.frequency.save': () => ({ frequency: { ...LIMIT, max_calls: 100_000, window_seconds: 60 } }),
  'piaoquan.platform.frequency.delete': () => ({ frequency: LIMIT }),
  'piaoquan.operator.save': () => ({}),
  'piaoquan.operator.status.update': () => ({ status: 2 }),
  'piaoquan.operator.password.reset': () => ({}),
  'piaoquan.operator.session.revoke': async () => {
    await hire(owner, server.url, 'leaver', 'viewer');
    type List = { sessions: { login: string; session_id: string }[] };
    const { sessions } = await owner.call<List>('piaoquan.operator.session.list', { login: 'leaver' });
    return { session_id: sessions.find(({ login }) => login === 'leaver')?.session_id };
  },
};
const LIMIT = { app_key: '*', method: 'taobao.time.get' };
const madeApp = (answers: ReadonlyMap<string, Made>) => answers.get('piaoquan.platform.app.create')?.app_key;

test('every write of administration that changes something leaves an entry with its name and who called it', async () => {
  expect(Object.keys(READY).sort()).toEqual(writes.map(({ name }) => name).sort());
  const answers = new Map<string, Made>();
  const unlogged: Record<string, unknown> = {};
  for (const [name, ready] of Object.entries(READY)) {
    const answer = await owner.call(name, { ...requestOf(name), ...(await ready(answers)) });
    expect(answer.error_response, name).toBeUndefined();
    answers.set(name, answer);
    const entries = await server.database.sql`
      select from change_log where request_id = ${answer.request_id} and method = ${name} and actor = 'demo'`;
    if (entries.length === 0) unlogged[name] = answer;
  }
  expect(unlogged).toEqual({});
});
