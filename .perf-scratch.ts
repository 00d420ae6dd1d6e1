import { startEmbedded } from './src/database/embedded.ts';
import { migrate } from './src/database/migrate.ts';
import { connect } from './src/database/pool.ts';
import { createVault } from './src/database/vault.ts';
import { lotteryConsole } from './src/domains/lottery/console.ts';
import { voucherConsole } from './src/domains/vouchers/console.ts';
import { ticketingConsole } from './src/domains/ticketing/console.ts';
import { loadTicketingDemo } from './src/domains/ticketing/demo.ts';
import { insertBatch } from './src/domains/vouchers/queries.ts';
import { makeCodes, setForm } from './src/domains/vouchers/batches/queries.ts';
import { personHashes } from './src/domains/ticketing/orders/persons.ts';
const server = await startEmbedded({ home: '/tmp/reads-perf/home', log: console.error });
try {
const sql = connect(server.target);
await migrate(sql);
const vault = createVault(Buffer.alloc(32, 1));
const now = new Date();
const t = async (name: string, f: () => Promise<unknown>) => { const a = performance.now(); const r = await f(); const b = performance.now(); await f(); console.log(name, Math.round(b - a), Math.round(performance.now() - b), 'ms', JSON.stringify(r).slice(0, 160)); };
// lottery: 1M grants over 2 hours, 5 weeks ago
await sql`insert into lottery_activity (spread_id, platform, name, status, user_limit) values ('big', 8, 'b', 1, 3), ('small', 8, 's', 1, null)`;
await sql`insert into lottery_segment (platform, spread_id, segment_no, start_time, end_time, win_times, consumed_win_times) values (8, 'big', 1, now() - interval '30 days', now() + interval '1 day', 2000000, 1000000)`;
await sql`insert into lottery_reward (platform, spread_id, reward_no, prize_no, reward_title, reward_type, reward_sub_type, reward_count, cost_price) select 8,'big',n,n,'p',1,1,1,1 from generate_series(1,5) n`;
await sql`insert into lottery_prize (platform, spread_id, prize_no, weight, total_count, consumed_count, reward_no) select 8,'big',n,n,null,200000,n from generate_series(1,5) n`;
await sql`insert into lottery_adjustment values (8,'big','opening:win_times:1','win_times',1,2000000,2000000,'opening',null, now() - interval '31 days')`;
for (let k = 0; k < 10; k++) await sql`insert into lottery_grant select 8, 'key-' || (${k}*100000+n), '1', 'big', 'user-' || ((${k}*100000+n) % 400000), 1, n % 5 + 1, 1, now() - interval '20 days' + (${k}*100000+n) * interval '7 ms', true, case when n % 100 = 0 then now() - interval '19 days' end from generate_series(1,100000) n`;
await sql`insert into lottery_grant select 8, 'skey-' || n, '1', 'small', 'user-' || n, 1, null, 1, now() - interval '1 hour' + n * interval '1 ms', false from generate_series(1,1000) n`;
await sql.unsafe('vacuum analyze lottery_grant');
const ctx = { app_key: '1', actor: '1', method: 'm', now, request_id: 'r', host: 'h' };
const L = lotteryConsole.handlers({ sql, vault });
await t('draw list', () => L['piaoquan.lottery.activity.draw.list']({ spread_id: 'big' }, ctx));
await t('draw list prize/void', () => L['piaoquan.lottery.activity.draw.list']({ spread_id: 'big', is_void: true, prize_no: 1 }, ctx));
await t('draw list small', () => L['piaoquan.lottery.activity.draw.list']({ spread_id: 'small' }, ctx));
await t('stat', () => L['piaoquan.lottery.draw.stat']({ spread_id: 'big', bucket: 'MINUTE' }, ctx));
await t('explain', () => L['piaoquan.lottery.draw.explain']({ spread_id: 'big', mix_user_id: 'user-5' }, ctx));
await t('ledger', () => lotteryConsole.ledgers['lottery.consumed_win_times'](sql, 'big/1', { before: null, limit: 50 }));
await t('ledger prize', () => lotteryConsole.ledgers['lottery.consumed_count'](sql, 'big/1', { before: null, limit: 50 }));
// vouchers: 1M codes + 2M batch
const V = voucherConsole.handlers({ sql, vault });
for (const [id, n] of [['v1', 20], ['v2', 40]] as const) {
  await insertBatch(sql, { mix_id: id, name: 'n', description: null, bind_begin_time: new Date(0), coupon_expire_time: new Date('2040-01-01'), denomination: 1, max_bind_count: null, valid_duration_type: 'DAY', valid_days: 30 });
  await sql.begin(async (tx) => { await tx`set local statement_timeout = 0`; await setForm(tx, id, { pattern: 'TPP-############', alphabet: '23456789ABCDEFGHJKMNPQRSTUVWXYZ', check: false }); for (let k = 0; k < n; k++) await makeCodes(tx, { mix_id: id, count: 50000, job_id: 1 }, now); });
}
await sql.begin(async (tx) => { await tx`set local statement_timeout = 0`; await tx`update voucher_code set bound_time = now() - sequence % 60 * interval '1 day', bound_hash = sha256(('u' || sequence % 5000)::bytea), bound_sealed = '\\x00', issued_at = now(), issue_ref = 'x', issued_to = 'user-' || sequence % 7000 where mix_id = 'v1' and sequence <= 300000`; });
await sql.unsafe('vacuum analyze voucher_code');
await t('board 1M', () => V['piaoquan.voucher.batch.board']({ mix_id: 'v1' }, ctx));
await t('board 2M', () => V['piaoquan.voucher.batch.board']({ mix_id: 'v2' }, ctx));
await t('search code', () => V['piaoquan.voucher.code.search']({ code: 'TPP-222222222222' }, ctx));
await sql`update voucher_code set bound_sealed = ${vault.seal('voucher-user', 'x')} where mix_id='v1' and sequence <= 300000 and issued_to = 'user-77'`;
await t('search user', () => V['piaoquan.voucher.code.search']({ user_id: 'user-77' }, ctx));
await t('search nobody', () => V['piaoquan.voucher.code.search']({ user_id: 'nobody' }, ctx));
await t('bind explain', () => V['piaoquan.voucher.bind.explain']({ mix_id: 'v1', user_id: 'x' }, ctx));
await t('send explain', () => V['piaoquan.voucher.send.explain']({ user_id: 1, param_f_code_merchant_send_code_request: { mix_id: 'v1', each_num: 1, number: 1000, ext_order_id: 'z' } }, ctx));
await t('ledger v', () => voucherConsole.ledgers['voucher_batch.total_count'](sql, 'v1', { before: null, limit: 50 }));
// ticketing 100k orders
await loadTicketingDemo({ sql, vault }, now);
const [p] = await sql`select project_id, event_id, price_id from ticketing_price limit 1`;
const h = personHashes(vault, { phone: '13812345678' });
await sql`insert into ticketing_project_count values (${p!.project_id}, 200000, 300000) on conflict (project_id) do update set order_count = 200000, ticket_count = 300000`;
const [pn] = await sql`select project_no from ticketing_project where project_id = ${p!.project_id}`;
const base = pn!.project_no * 1e9;
await sql`insert into ticketing_order select ${p!.project_id}, ${base}::bigint + n, 1, 'cart-' || n, sha256('x'), 'u' || n % 1000, 100, 100, case when n % 3 = 0 then 2 else 4 end, now() - interval '10 days' + n * interval '1 second', now() - interval '9 days' + n * interval '1 second', case when n % 3 = 0 then now() end, case when n % 3 <> 0 then now() end from generate_series(1,200000) n`;
await sql`insert into ticketing_order_line select ${p!.project_id}, ${base}::bigint + n, 1, 0, ${p!.event_id}, ${p!.price_id}, false, 2, 50, 100, 'n', null from generate_series(1,200000) n`;
await sql`insert into ticketing_person select ${p!.project_id}, ${base}::bigint + n, 0, 0, 0, ${vault.seal('ticketing-person', '{"phone":"13812345678"}')}, case when n % 5000 = 0 then array[decode(${h[0]!}, 'hex'), decode(${h[1]!}, 'hex')] else array[sha256(n::text::bytea)] end from generate_series(1,200000) n`;
await sql`insert into ticketing_payment select ${p!.project_id}, 'pay-' || n, ${base}::bigint + n, 100, '1', 200, now() from generate_series(3,200000,3) n`;
await sql.unsafe('vacuum analyze');
const T = ticketingConsole.handlers({ sql, vault });
await t('order search', () => T['piaoquan.ticketing.order.search']({}, ctx));
await t('order search time', () => T['piaoquan.ticketing.order.search']({ start_time: new Date(now.getTime() - 864e5 * 9.5), end_time: new Date(now.getTime() - 864e5 * 9), project_id: p!.project_id }, ctx));
await t('order search status none', () => T['piaoquan.ticketing.order.search']({ order_status: 1 }, ctx));
await t('order search person', () => T['piaoquan.ticketing.order.search']({ phone: '13812345678' }, ctx));
await t('order search pay', () => T['piaoquan.ticketing.order.search']({ pay_no: 'pay-30000' }, ctx));
await t('order search cart', () => T['piaoquan.ticketing.order.search']({ shopping_cart_id: 'cart-30000' }, ctx));
await t('history', () => T['piaoquan.ticketing.order.history']({ order_id: String(base + 300) }, ctx));
await t('order explain', () => T['piaoquan.ticketing.order.explain']({ channel_id: 1, order_param: { user_id: 'u5', cart_goods_param_list: [{ event_id: String(p!.event_id), price_id: String(p!.price_id), goods_count: 1 }] } as never }, ctx));
await t('ledger sale', () => ticketingConsole.ledgers['ticketing_price.sale_count'](sql, `${p!.project_id}/${p!.event_id}/${p!.price_id}`, { before: null, limit: 50 }));
await t('ledger held', () => ticketingConsole.ledgers['ticketing_price.held_count'](sql, `${p!.project_id}/${p!.event_id}/${p!.price_id}`, { before: null, limit: 50 }));
await sql.end();
} finally { await server.stop(); }
