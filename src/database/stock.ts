import type { Part, Sql } from './pool.ts';

/** Stock of something that runs now. */
export type Stock = {
  /** lottery_segment, ticketing_price, sendplan_item, benefit_template or voucher_batch. */
  readonly thing: string;
  /** Its ids, joined by `/`: spread_id/segment_no, project_id/event_id/price_id, plan_id/item_id, user_id/benefit_id, mix_id. */
  readonly key: string;
  readonly name: string;
  readonly stock: number;
  readonly stock_left: number;
  /** When it ends, in epoch seconds. */
  readonly ends_at: number;
};

/** A query of what runs at an instant in one domain: the columns of Stock in their order, those that end first, so many at most. */
export type RunningStock = (sql: Sql, now: Date, most: number) => Part;

/** Things of one kind that are shown; those that end first come first. */
const MOST_OF_A_KIND = 50;

/**
 * The stock of all that runs at an instant, in one statement; what is unlimited is left out.
 * @param running the query of each domain, each of which reads an index by the end
 */
export async function readStock(sql: Sql, running: readonly RunningStock[], now: Date): Promise<Stock[]> {
  const parts = running.map((each) => sql`(${each(sql, now, MOST_OF_A_KIND)})`);
  return sql<Stock[]>`
    select * from (${parts.reduce((one, other) => sql`${one} union all ${other}`)}) s
      (thing, key, name, stock, stock_left, ends_at)`;
}
