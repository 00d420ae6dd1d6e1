import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  A,
  after,
  auditFindings,
  B,
  C,
  goods,
  NOON,
  openBoxOffice,
  P,
  putOn,
  stockOf,
} from '../../../../test/harness/ticketing.ts';
import { releaseDue } from './queries.ts';

let office: Awaited<ReturnType<typeof openBoxOffice>>;
beforeAll(async () => {
  office = await openBoxOffice();
});
afterAll(() => office.close());

const TIERS = [A, B, P, C] as const;
type Tier = (typeof TIERS)[number];
type Stock = Record<Tier, { goods: number; sold: number; held: number }>;
type Order = {
  id: string;
  takes: Map<Tier, number>;
  money: number;
  state: 'held' | 'paid' | 'cancelled' | 'lapsed' | 'refunded';
  until: number;
};

const PRICES: Record<number, number> = { [A]: 18_000, [B]: 50_000, [P]: 40_000 };
const tier = fc.constantFrom(A, B, P);
const line = fc.tuple(tier, fc.integer({ min: 1, max: 3 }));
const pick = fc.nat(20);
const minutes = fc.integer({ min: 1, max: 16 });
const doing = <D extends string>(name: D) => fc.constant(name);
const step = fc.oneof(
  fc.record({ do: doing('submit'), lines: fc.array(line, { minLength: 1, maxLength: 3 }) }),
  fc.record({ do: doing('submit'), lines: fc.array(line, { minLength: 1, maxLength: 3 }) }),
  fc.record({ do: doing('pay'), pick }),
  fc.record({ do: doing('cancel'), pick }),
  fc.record({ do: doing('refund'), pick }),
  fc.record({ do: doing('wait'), minutes }),
  fc.record({ do: doing('release'), minutes }),
  fc.record({ do: doing('adjust'), tier: fc.constantFrom(...TIERS), delta: fc.integer({ min: -6, max: 6 }) }),
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type Doing<D extends Step['do']> = Extract<Step, { do: D }>;

/** The simplest thing that could be a box office: what is sold and held of each tier, and what became of each order. */
function createModel() {
  const begin = [
    [A, 20],
    [B, 10],
    [P, 8],
    [C, 6],
  ] as const;
  const stock = Object.fromEntries(begin.map(([id, goods]) => [id, { goods, sold: 0, held: 0 }])) as Stock;
  const orders: Order[] = [];
  const left = (id: Tier) => stock[id].goods - stock[id].sold - stock[id].held;
  const model = {
    now: 0,
    stock,
    orders,
    left,
    fits: (takes: Map<Tier, number>) => [...takes].every(([id, n]) => left(id) >= n),
    move(takes: Map<Tier, number>, counter: 'sold' | 'held', sign: 1 | -1) {
      for (const [id, n] of takes) stock[id][counter] += sign * n;
    },
    release() {
      for (const order of orders.filter(({ state, until }) => state === 'held' && until <= model.now)) {
        order.state = 'lapsed';
        model.move(order.takes, 'held', -1);
      }
    },
  };
  return model;
}

function takesOf(lines: [number, number][]): Map<Tier, number> {
  const takes = new Map<Tier, number>();
  const add = (id: Tier, n: number) => takes.set(id, (takes.get(id) ?? 0) + n);
  for (const [id, n] of lines) {
    add(id as Tier, n);
    if (id === P) {
      add(A, 2 * n);
      add(C, n);
    }
  }
  return takes;
}

const rejected = (call: Promise<unknown>): Promise<string | undefined> =>
  call.then(
    () => undefined,
    (error) => error.body.sub_code,
  );

/** Each step, done to the office and to the model, and compared; `id` is a key of its own for each. */
function doings(event: number, model: ReturnType<typeof createModel>) {
  const context = () => office.context(after(model.now));
  const pick = (n: number) => model.orders[n % Math.max(1, model.orders.length)];
  return {
    async wait({ minutes }: Doing<'wait'>) {
      model.now += minutes;
    },
    async release({ minutes }: Doing<'release'>) {
      model.now += minutes;
      model.release();
      await releaseDue(office.sql, after(model.now), 1000);
    },
    async submit({ lines }: Doing<'submit'>) {
      model.release();
      const takes = takesOf(lines);
      const cart_goods_param_list = lines.map(([id, n]) => goods(event, id, n));
      const answer = await office.submit({ cart_goods_param_list }, after(model.now));
      expect(answer.result_code).toBe(model.fits(takes) ? 20 : 10231);
      if (!answer.shopping_cart_vo) return;
      const money = lines.reduce((sum, [id, n]) => sum + n * (PRICES[id] ?? 0), 0);
      const { order_id } = answer.shopping_cart_vo;
      model.orders.push({ id: order_id, takes, money, state: 'held', until: model.now + 15 });
      model.move(takes, 'held', 1);
    },
    async pay(each: Doing<'pay'>, id: string) {
      const order = pick(each.pick);
      if (!order) return;
      const { result_code } = await office.pay(order.id, order.money, { pay_no: id }, after(model.now));
      const late = model.fits(order.takes) ? 200 : 10243;
      const expected = { held: 200, paid: 10245, refunded: 10245, cancelled: 10244, lapsed: late }[order.state];
      expect(result_code).toBe(expected);
      if (result_code !== 200) return;
      if (order.state === 'held') model.move(order.takes, 'held', -1);
      model.move(order.takes, 'sold', 1);
      order.state = 'paid';
    },
    async cancel(each: Doing<'cancel'>) {
      const order = pick(each.pick);
      if (!order) return;
      const refused = await rejected(
        office.admin['piaoquan.ticketing.order.cancel']({ order_id: order.id }, context()),
      );
      expect(refused).toBe(['paid', 'refunded'].includes(order.state) ? 'isv.order-is-paid' : undefined);
      if (order.state !== 'held') return;
      order.state = 'cancelled';
      model.move(order.takes, 'held', -1);
    },
    async refund(each: Doing<'refund'>, id: string) {
      const order = pick(each.pick);
      if (!order) return;
      const request = { order_id: order.id, refund_id: id, reason: 'x' };
      const refused = await rejected(office.admin['piaoquan.ticketing.order.refund'](request, context()));
      const unpaid = 'isv.order-not-paid';
      const expected = {
        paid: undefined,
        refunded: 'isv.nothing-to-refund',
        held: unpaid,
        cancelled: unpaid,
        lapsed: unpaid,
      };
      expect(refused).toBe(expected[order.state]);
      if (order.state !== 'paid') return;
      order.state = 'refunded';
      model.move(order.takes, 'sold', -1);
    },
    async adjust({ tier: price_id, delta }: Doing<'adjust'>, id: string) {
      const request = { event_id: event, price_id, delta, reason: 'x', adjust_id: id };
      const refused = await rejected(office.admin['piaoquan.ticketing.price.stock.adjust'](request, context()));
      const fits = model.left(price_id) + delta >= 0;
      expect(refused).toBe(fits ? undefined : 'isv.stock-out-of-range');
      if (fits) model.stock[price_id].goods += delta;
    },
  };
}

test('whatever is ordered, paid, cancelled, refunded, left to time out and adjusted, the counters follow a simple model', async () => {
  const run = async (steps: Step[]) => {
    const event = (await putOn(office.sql, NOON)).events[0] as number;
    const model = createModel();
    const todo = doings(event, model) as Record<string, (each: Step, id: string) => Promise<void>>;
    for (const [index, each] of steps.entries()) {
      await todo[each.do]?.(each, `${event}-${index}`);
      const counted = await stockOf(office.sql, event);
      for (const id of TIERS) {
        const { sold, held } = model.stock[id];
        expect(counted[id], `tier ${id} after step ${index} ${each.do}`).toEqual([sold, held, model.left(id)]);
      }
    }
    expect(await auditFindings(office.sql)).toEqual([]);
  };
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), run), { numRuns: 20 });
});
