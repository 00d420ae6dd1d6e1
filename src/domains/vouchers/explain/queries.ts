import type { Sql } from '../../../database/pool.ts';

/** What decides an order of codes; null where the batch or the order number is unknown. */
export type SendFacts = {
  readonly status: 1 | 2 | null;
  readonly coupon_expire_time: Date | null;
  readonly total_count: number | null;
  readonly issued_count: number | null;
  /** Codes that may be issued, counted up to the number asked for. */
  readonly available: number;
  /** The batch that the order number belongs to. */
  readonly number_mix_id: string | null;
  /** The order that bears the number already: keyed hash of what it asked (hex), and when. */
  readonly order_content: string | null;
  readonly ordered_at: Date | null;
};

/** What decides an order of `count` codes of a batch, in one statement; takes no lock. */
export async function findSendFacts(
  sql: Sql,
  { mix_id, app_key, ext_order_id, count }: { mix_id: string; app_key: string; ext_order_id: string; count: number },
): Promise<SendFacts> {
  const [row] = await sql<SendFacts[]>`
    select b.status, b.coupon_expire_time, b.total_count, b.issued_count,
      owner.mix_id as number_mix_id, encode(o.content, 'hex') as order_content, o.ordered_at, (
        select count(*) from (
          select from voucher_code c
          where c.mix_id = b.mix_id and c.sequence > b.issue_sequence
            and c.code_status = 0 and c.issued_at is null and c.bound_time is null
          order by c.sequence limit ${count}
        ) free) as available
    from (select ${mix_id}::text as mix_id) asked
    left join voucher_batch b on b.mix_id = asked.mix_id
    left join voucher_order_number owner on owner.app_key = ${app_key} and owner.ext_order_id = ${ext_order_id}
    left join voucher_order o
      on o.mix_id = asked.mix_id and o.app_key = ${app_key} and o.ext_order_id = ${ext_order_id}`;
  return row as SendFacts;
}

/** Wrong codes named by a caller since the beginning of its window; `locked_until`: when it is let in again. */
export type GuessFacts = {
  readonly caller: string;
  readonly window_start: Date;
  readonly wrong: number;
  readonly locked_until: Date | null;
};

/** What decides a binding; the code's part is null when there is no such code. */
export type BindFacts = {
  readonly status: 1 | 2;
  readonly bind_begin_time: Date;
  readonly coupon_expire_time: Date;
  readonly max_bind_count: number | null;
  /** Codes that the user has bound and that are not voided. */
  readonly bound_count: number;
  readonly code_status: -2 | 0 | 2 | null;
  readonly expire_time: Date | null;
  readonly bound_time: Date | null;
  /** Keyed hash of who bound it, in hex. */
  readonly bound_hash: string | null;
};

/** What decides whether a user may bind a code of a batch, in one statement; undefined for an unknown batch. */
export async function findBindFacts(
  sql: Sql,
  { mix_id, sequence, user_hash }: { mix_id: string; sequence: number | null; user_hash: string },
): Promise<BindFacts | undefined> {
  const [row] = await sql<BindFacts[]>`
    select b.status, b.bind_begin_time, b.coupon_expire_time, b.max_bind_count, coalesce(u.bound_count, 0) as bound_count,
      c.code_status, voucher_expire_time(b.valid_days, b.coupon_expire_time, c.bound_time) as expire_time, c.bound_time,
      encode(c.bound_hash, 'hex') as bound_hash
    from voucher_batch b
    left join voucher_user u on u.mix_id = b.mix_id and u.user_hash = decode(${user_hash}, 'hex')
    left join voucher_code c on c.mix_id = b.mix_id and c.sequence = ${sequence}
    where b.mix_id = ${mix_id}`;
  return row;
}

/** Wrong codes of an app (caller '') and of one user of it (keyed hash in hex). */
export async function findGuesses(sql: Sql, app_key: string, user_hash: string): Promise<GuessFacts[]> {
  return sql<GuessFacts[]>`
    select caller, window_start, wrong, locked_until from voucher_guess
    where app_key = ${app_key} and caller in ('', ${user_hash})`;
}
