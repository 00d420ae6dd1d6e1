import { expect, test } from 'vitest';
import { cloneProject, eventToSave } from '../../web/console/workplaces/ticketing/clone.ts';
import { createNovelty } from '../../web/console/workplaces/ticketing/novelty.ts';
import { choose } from '../../web/console/workplaces/ticketing/order-rules.ts';
import { freeId, type Order, type Project } from '../../web/console/workplaces/ticketing/parts.ts';

const NOW = Date.parse('2026-01-02T03:04:05Z');
const SECONDS = NOW / 1000;

test('a suggested id is none of those taken', () => {
  expect(freeId([], NOW)).toBe(SECONDS);
  expect(freeId([SECONDS, SECONDS + 1], NOW)).toBe(SECONDS + 2);
});

const price = { price_id: 1, goods_count: 10, sale_count: 4, held_count: 3, margin_count: 3 };
const project = {
  project_id: 7,
  event_list: [
    { event_id: 8, status: 2, price_list: [price] },
    { event_id: 9, status: 1, price_list: [{ ...price, price_id: 2, child_list: [{ price_id: 1, child_num: 2 }] }] },
  ],
} as unknown as Project;

test('a cloned project has ids of its own, all tiers in full and nothing of what was sold', () => {
  const { project_id, event_list } = cloneProject(project, NOW);
  expect(project_id).toBe(SECONDS);
  expect(event_list).toEqual([
    { event_id: SECONDS + 1, price_list: [{ price_id: 1, goods_count: 10 }] },
    {
      event_id: SECONDS + 2,
      price_list: [{ price_id: 2, goods_count: 10, child_list: [{ price_id: 1, child_num: 2 }] }],
    },
  ]);
});

test('an event is saved with the tiers named and without its state on the shelf', () => {
  expect(eventToSave(project.event_list[0] as never, [])).toEqual({ event_id: 8, price_list: [] });
});

/** Line 1: two packages of two tickets; line 2: two plain tickets, of which one is used. */
const order = {
  lines: [
    { line_no: 1, child_no: 0 },
    { line_no: 1, child_no: 1 },
    { line_no: 2, child_no: 0 },
  ],
  tickets: [
    ...['a', 'b'].map((ticket_code_id) => ({ ticket_code_id, line_no: 1, unit_no: 1, ticket_status: 1 })),
    ...['c', 'd'].map((ticket_code_id) => ({ ticket_code_id, line_no: 1, unit_no: 2, ticket_status: 1 })),
    { ticket_code_id: 'e', line_no: 2, unit_no: 1, ticket_status: 1 },
    { ticket_code_id: 'f', line_no: 2, unit_no: 1, ticket_status: 1 },
    { ticket_code_id: 'g', line_no: 2, unit_no: 2, ticket_status: 2 },
  ],
} as unknown as Order;

test('tickets of a package are chosen and left out together, plain ones by themselves, used ones never', () => {
  expect(choose(order, [], ['b'])).toEqual(['a', 'b']);
  expect(choose(order, ['a', 'b'], ['a', 'b', 'e'])).toEqual(['a', 'b', 'e']);
  expect(choose(order, ['a', 'b', 'c', 'd', 'e'], ['a', 'c', 'd', 'e'])).toEqual(['c', 'd', 'e']);
  expect(choose(order, [], ['e', 'g'])).toEqual(['e']);
});

test('a code that stays before the camera counts once, and again after it was away', () => {
  const novel = createNovelty();
  expect([novel('A', 0), novel('A', 100), novel(undefined, 200), novel('A', 2000)]).toEqual([
    'A',
    undefined,
    undefined,
    undefined,
  ]);
  expect([novel('B', 2100), novel('', 2200), novel('B', 4101), novel('A', 4200)]).toEqual(['B', undefined, 'B', 'A']);
});
