import { expect, test } from 'vitest';
import {
  A,
  after,
  auditFindings,
  goods,
  NOON,
  putOn,
  QRCODE,
  useBoxOffice,
} from '../../../../test/harness/ticketing.ts';
import { demoTokens } from '../demo.ts';
import { ticketingReadHandlers } from '../reads/handlers.ts';

const office = await useBoxOffice();
const reads = ticketingReadHandlers(office);
const { admin, sql } = office;

/** A sold ticket of an event, and its code. */
async function sold(event: object = {}) {
  const { project_id, events } = await putOn(sql, NOON, { event: event as never });
  const event_id = events[0] as number;
  const { shopping_cart_vo: held } = await office.submit({ cart_goods_param_list: [goods(event_id, A)] });
  const { shopping_cart_vo: paid } = await office.pay(held?.order_id ?? '', 18_000);
  const ticket_code_id = paid?.eticket_list[0]?.ticket_code_id ?? '';
  const asked = { ...demoTokens, event_id: String(event_id), ticket_code_id };
  const { result_data } = await office.handlers[QRCODE]({ dynamic_q_r_code_param: asked }, office.context(NOON));
  const code = result_data.dynamic_q_r_code_vo?.dynamic_q_r_code ?? '';
  return { project_id, event_id, order_id: held?.order_id ?? '', ticket_code_id, code };
}
type Sold = Awaited<ReturnType<typeof sold>>;

const check = ({ code, event_id }: Sold, check_id: string, now = NOON) =>
  admin['piaoquan.ticketing.ticket.check']({ code, event_id, check_id }, office.context(now));
const undo = ({ ticket_code_id }: Sold, check_id: string, reason = '误扫') =>
  admin['piaoquan.ticketing.ticket.check.undo']({ ticket_code_id, check_id, reason }, office.context(after(9)));
const shelve = ({ event_id }: Sold, status: number) =>
  admin['piaoquan.ticketing.event.status.update']({ event_id, status }, office.context(NOON));
const fault = (sub_code: string) => ({ body: { code: 15, sub_code } });

test('without a time of its own a gate opens with the day of the show in GMT+8, to the second', async () => {
  // The show of 300 hours after noon of the first begins at midnight of the fourteenth, in GMT+8.
  const ticket = await sold({ gate_open_time: null });
  const opens = new Date('2026-03-14T00:00:00+08:00');
  const early = await check(ticket, 'a', new Date(opens.getTime() - 1000));
  expect(early).toMatchObject({ admitted: false, check_result: 3, entry_count: 0, gate_open_time: opens });
  expect(await check(ticket, 'a', NOON)).toMatchObject({ admitted: false, check_result: 3 });
  expect(await check(ticket, 'a', opens)).toMatchObject({ admitted: true, check_result: 0, entry_count: 1 });
  const evening = new Date('2026-03-10T23:30:00+08:00');
  const late = await sold({ gate_open_time: null, event_show_start_time: evening });
  expect(await check(late, 'a', NOON)).toMatchObject({ gate_open_time: new Date('2026-03-10T00:00:00+08:00') });
});

test('the time of an event is saved, read and obeyed, and may not be after the show', async () => {
  const ticket = await sold({ gate_open_time: after(60) });
  expect(await check(ticket, 'a', after(59.9))).toMatchObject({ check_result: 3, gate_open_time: after(60) });
  expect(await check(ticket, 'a', after(60))).toMatchObject({ admitted: true });
  const { project_id } = ticket;
  const { project } = await admin['piaoquan.ticketing.project.get']({ project_id }, office.context(NOON));
  const [event] = project.event_list;
  expect(event?.gate_open_time).toEqual(after(60));
  const save = (more: object) =>
    admin['piaoquan.ticketing.project.save'](
      { project: { ...project, event_list: [{ ...event, price_list: [], ...more } as never] } },
      office.context(NOON),
    );
  const end = event?.event_show_end_time as Date;
  await expect(save({ gate_open_time: new Date(end.getTime() + 1000) })).rejects.toMatchObject({
    body: { sub_code: 'isv.project-contradicts', sub_msg: expect.stringContaining('gate_open_time') },
  });
  const { gate_open_time: _kept, ...rest } = { ...event };
  const earlier = { event_show_start_time: after(1), event_show_end_time: after(2), event_id: event?.event_id };
  const shortened = { ...project, event_list: [{ ...rest, ...earlier, price_list: [] } as never] };
  await expect(
    admin['piaoquan.ticketing.project.save']({ project: shortened }, office.context(NOON)),
  ).rejects.toMatchObject({ body: { sub_msg: expect.stringContaining('gate_open_time') } });
  await save({ gate_open_time: end });
  const again = await admin['piaoquan.ticketing.project.get']({ project_id }, office.context(NOON));
  expect(again.project.event_list[0]?.gate_open_time).toEqual(end);
});

test('an event off the shelf lets nobody in; who was let in before is told so again', async () => {
  const ticket = await sold({ entry_limit: 3 });
  expect(await check(ticket, 'a')).toMatchObject({ admitted: true });
  await shelve(ticket, 2);
  expect(await check(ticket, 'b')).toMatchObject({ admitted: false, check_result: 5, entry_count: 1 });
  expect(await check(ticket, 'a')).toMatchObject({ admitted: true, check_result: 0 });
  await shelve(ticket, 1);
  expect(await check(ticket, 'b')).toMatchObject({ admitted: true, entry_count: 2 });
});

test('an entry made by mistake is undone with a reason, and the ticket lets in again under a new check_id', async () => {
  const ticket = await sold();
  await check(ticket, 'a');
  expect(await check(ticket, 'b')).toMatchObject({ check_result: 2 });
  const answers = await Promise.all([1, 2, 3].map(() => undo(ticket, 'a')));
  expect(answers).toEqual([1, 2, 3].map(() => ({ entry_count: 0 })));
  await expect(undo(ticket, 'a', '别的原因')).rejects.toMatchObject(fault('isv.undo-conflict'));
  await expect(undo(ticket, 'none')).rejects.toMatchObject(fault('isv.entry-not-found'));
  await expect(undo({ ...ticket, ticket_code_id: '17' }, 'a')).rejects.toMatchObject(fault('isv.ticket-not-found'));
  await expect(undo({ ...ticket, ticket_code_id: 'x' }, 'a')).rejects.toMatchObject(fault('isv.ticket-not-found'));
  // A late repetition of the call that was undone must not let in.
  expect(await check(ticket, 'a')).toMatchObject({ admitted: false, check_result: 7, entry_count: 0 });
  expect(await check(ticket, 'c')).toMatchObject({ admitted: true, entry_count: 1 });
  expect(await check(ticket, 'd')).toMatchObject({ check_result: 2 });
  const { events } = await reads['piaoquan.ticketing.order.history'](
    { order_id: ticket.order_id },
    office.context(NOON),
  );
  expect(events.filter(({ event }) => event.startsWith('CHECK'))).toEqual([
    expect.objectContaining({ event: 'CHECKED', check_id: 'a', is_undone: true }),
    expect.objectContaining({ event: 'CHECKED', check_id: 'c', is_undone: false }),
    expect.objectContaining({ event: 'CHECK_UNDONE', check_id: 'a', note: '误扫', ref: ticket.ticket_code_id }),
  ]);
  const entered = await sql`select actor, thing from change_log where thing = 'ticketing_check_undo'`;
  expect(entered).toEqual([{ actor: '12345678', thing: 'ticketing_check_undo' }]);
});

test('a ticket whose only entry was undone can be refunded; one with another entry is used', async () => {
  const refund = ({ order_id }: Sold) =>
    admin['piaoquan.ticketing.order.refund']({ order_id, refund_id: order_id, reason: 'x' }, office.context(NOON));
  const twice = await sold({ entry_limit: 2 });
  for (const id of ['a', 'b']) await check(twice, id);
  expect(await undo(twice, 'a')).toEqual({ entry_count: 1 });
  await expect(refund(twice)).rejects.toMatchObject(fault('isv.ticket-is-used'));
  expect(await check(twice, 'c')).toMatchObject({ admitted: true, entry_count: 2 });
  for (const id of ['b', 'c']) await undo(twice, id);
  expect(await refund(twice)).toMatchObject({ refund_money: 18_000 });
});

test('entries and undoings that meet leave a ticket with one entry at most, and used if it has one', async () => {
  const ticket = await sold();
  await check(ticket, 'first');
  const meeting = Array.from({ length: 12 }, (_, n) => (n % 3 === 0 ? undo(ticket, 'first') : check(ticket, `n${n}`)));
  const done = await Promise.all(meeting);
  expect(done.filter((each) => 'admitted' in each && each.admitted).length).toBeLessThanOrEqual(1);
  expect(await auditFindings(sql)).toEqual([]);
  await sql`update ticketing_ticket set ticket_status = 3 - ticket_status where ticket_id = ${ticket.ticket_code_id}`;
  expect(await auditFindings(sql)).toMatchObject([{ view: 'audit_ticketing_gate', key: String(ticket.project_id) }]);
  await sql`update ticketing_ticket set ticket_status = 3 - ticket_status where ticket_id = ${ticket.ticket_code_id}`;
});
