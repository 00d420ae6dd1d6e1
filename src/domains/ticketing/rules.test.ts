import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventSaleState, projectSaleState, readId, type SaleState } from './rules.ts';
import { ticketState, validUntil } from './tickets/rules.ts';

test('an event is on sale from its sale start to the end of the last second of its sale', () => {
  const window = { sale_start_time: 1000, sale_end_time: 2000 };
  const states = [999, 1000, 2999, 3000].map((instant) => eventSaleState(window, new Date(instant)));
  expect(states).toEqual([1, 2, 2, 3]);
});

test('a ticket is good to the end of the last second of its show, as its code says', () => {
  const ticket = { ticket_status: 1, event_show_end_time: new Date(2000) };
  expect([1999, 2000, 2999, 3000].map((instant) => ticketState(ticket, new Date(instant)))).toEqual([1, 1, 1, 6]);
  expect(validUntil(ticket.event_show_end_time)).toBe(2);
});

test('a project is on sale when any event is, else to come when any is, else over', () => {
  const state = (...states: SaleState[]) => projectSaleState(states.map((event_sale_state) => ({ event_sale_state })));
  expect(state(3, 2, 1)).toBe(2);
  expect(state(3, 1)).toBe(1);
  expect(state(3, 3)).toBe(3);
  expect(state()).toBe(1);
});

test('an id text is read only as answers spell it', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (id) => {
      expect(readId(String(id))).toBe(id === 0 ? undefined : id);
      expect(readId(` ${id}`)).toBeUndefined();
      expect(readId(`0${id}`)).toBeUndefined();
    }),
  );
  expect(readId('9007199254740993')).toBeUndefined();
  expect(readId('1e3')).toBeUndefined();
});

test('any text at all is an id that survives the way back, or none', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const id = readId(text);
      expect(id === undefined || String(id) === text).toBe(true);
    }),
  );
});
