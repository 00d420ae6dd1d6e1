-- After a restore of an older backup the counters stand where they stood then, and would hand out once more what went out
-- since: order and ticket numbers, codes, receipts, cursors. They are moved ahead by what may have gone out.

create table counter_skip (
  skip_no bigint primary key generated always as identity,
  counter text not null,
  key text not null,
  skipped bigint not null check (skipped > 0),
  skipped_at timestamptz not null
);
comment on table counter_skip is
  'How far counters were moved ahead after a restore, append-only: the ledger of those whose numbers have gaps since.';
create index counter_skip_key on counter_skip (counter, key);

create function counter_skipped(p_counter text, p_key text) returns bigint language sql stable as $$
  select coalesce(sum(skipped), 0)::bigint from counter_skip where counter = p_counter and key = p_key
$$;
comment on function counter_skipped is 'By how much a counter was moved ahead after restores, all in all.';

create or replace view audit_vouchers (counter, key, counted, ledger) as
with codes as (
  select mix_id, count(*) as total, count(issued_at) as issued, count(*) filter (where code_status = 2) as consumed,
    count(*) filter (where code_status = -2) as voided
  from voucher_code group by mix_id
), entries as (
  select mix_id, coalesce(sum(codes) filter (where kind in ('opening', 'made', 'imported')), 0) as total,
    coalesce(sum(codes) filter (where kind = 'issued'), 0) as issued,
    coalesce(sum(codes) filter (where kind = 'reversed'), 0) as reversed,
    coalesce(sum(codes) filter (where kind = 'voided'), 0) as voided
  from voucher_ledger group by mix_id
), redeemed as (
  select mix_id, count(*) as redemptions, max(consume_sequence) as last from voucher_consumption group by mix_id
), every as (
  select b.*, coalesce(c.total, 0) as c_total, coalesce(c.issued, 0) as c_issued, coalesce(c.consumed, 0) as c_consumed,
    coalesce(c.voided, 0) as c_voided, coalesce(e.total, 0) as e_total, coalesce(e.issued, 0) as e_issued,
    coalesce(e.reversed, 0) as e_reversed, coalesce(e.voided, 0) as e_voided, coalesce(r.redemptions, 0) as redemptions
  from voucher_batch b left join codes c using (mix_id) left join entries e using (mix_id) left join redeemed r using (mix_id)
)
select x.counter, every.mix_id, x.counted, x.ledger::bigint from every, lateral (values
  ('voucher_batch.total_count of the ledger', total_count, e_total),
  ('voucher_batch.total_count of the codes', total_count, c_total),
  ('voucher_batch.issued_count of the ledger', issued_count, e_issued),
  ('voucher_batch.issued_count of the codes', issued_count, c_issued),
  ('voucher_batch.consume_sequence of the redemptions', consume_sequence,
    redemptions + counter_skipped('voucher_batch.consume_sequence', mix_id)),
  ('voucher_batch.consumed_count of the redemptions', consumed_count, redemptions - e_reversed),
  ('voucher_batch.consumed_count of the codes', consumed_count, c_consumed),
  ('voucher_batch.voided_count of the ledger', voided_count, e_voided),
  ('voucher_batch.voided_count of the codes', voided_count, c_voided)) as x (counter, counted, ledger)
union all
select 'voucher_user.bound_count', coalesce(u.mix_id, c.mix_id) || '/' || encode(coalesce(u.user_hash, c.bound_hash), 'hex'),
  coalesce(u.bound_count, 0), coalesce(c.bound, 0)
from voucher_user u full join (
  select mix_id, bound_hash, count(*) as bound from voucher_code
  where bound_hash is not null and code_status <> -2 group by mix_id, bound_hash
) c on c.mix_id = u.mix_id and c.bound_hash = u.user_hash;

create or replace view audit_ticketing (counter, key, counted, ledger) as
with tier as (
  select *, concat_ws('/', project_id, event_id, price_id) as key from ticketing_price
), adjusted as (
  select project_id, event_id, price_id, sum(goods_delta) as goods, sum(sale_delta) as sold
  from ticketing_stock_adjustment group by project_id, event_id, price_id
), held as (
  select project_id, line.event_id, line.price_id, sum(line.goods_count) as n
  from ticketing_order o join ticketing_order_line line using (project_id, order_id)
  where o.order_status = 1 group by project_id, line.event_id, line.price_id
), standing as (
  select project_id, event_id, price_id, count(*) as n from ticketing_ticket where ticket_status <> 4
  group by project_id, event_id, price_id
  union all
  select project_id, line.event_id, line.price_id, count(distinct (ticket.order_id, ticket.line_no, ticket.unit_no))
  from ticketing_ticket ticket join ticketing_order_line line using (project_id, order_id, line_no)
  where ticket.ticket_status <> 4 and line.is_package group by project_id, line.event_id, line.price_id
)
select 'ticketing_price.goods_count', tier.key, tier.goods_count::bigint, coalesce(adjusted.goods, 0)::bigint
from tier left join adjusted using (project_id, event_id, price_id)
union all
select 'ticketing_price.sale_count', tier.key, tier.sale_count::bigint,
  (coalesce(adjusted.sold, 0) + coalesce(standing.n, 0))::bigint
from tier left join adjusted using (project_id, event_id, price_id)
left join standing using (project_id, event_id, price_id)
union all
select 'ticketing_price.held_count', tier.key, tier.held_count::bigint, coalesce(held.n, 0)::bigint
from tier left join held using (project_id, event_id, price_id)
union all
select 'ticketing_price.goods_count = sale + margin + held', tier.key, tier.goods_count::bigint,
  tier.sale_count::bigint + tier.margin_count + tier.held_count from tier
union all
select 'ticketing_project_count.order_count', project_id::text, order_count,
  (select count(*) from ticketing_order o where o.project_id = counts.project_id)
    + counter_skipped('ticketing_project_count.order_count', project_id::text)
from ticketing_project_count counts
union all
select 'ticketing_project_count.ticket_count', project_id::text, ticket_count,
  (select count(*) from ticketing_ticket ticket where ticket.project_id = counts.project_id)
    + counter_skipped('ticketing_project_count.ticket_count', project_id::text)
from ticketing_project_count counts;

-- Moves every sequence of the schema ahead. Numbers of projects are few and scarce: they lead order and ticket numbers.
create function counters_advance_sequences(p_numbers bigint) returns table (counter text, key text, skipped bigint)
language plpgsql as $$
declare
  found record;
begin
  for found in select sequencename, max_value, last_value from pg_sequences where schemaname = current_schema order by 1 loop
    counter := found.sequencename;
    key := '';
    skipped := least(case when counter = 'ticketing_project_project_no_seq' then 1000 else p_numbers end, p_numbers,
      found.max_value - coalesce(found.last_value, 0));
    perform setval(quote_ident(counter)::regclass, coalesce(found.last_value, 0) + skipped) where skipped > 0;
    return next;
  end loop;
end
$$;

-- Moves the numbers of a project's orders and tickets ahead.
create function counters_advance_project(p_project_id bigint, p_numbers bigint)
returns table (counter text, key text, skipped bigint) language plpgsql as $$
declare
  counts ticketing_project_count := ticketing_project_lock(p_project_id);
begin
  return query values
    ('ticketing_project_count.order_count', p_project_id::text, least(p_numbers, 999999999 - counts.order_count)),
    ('ticketing_project_count.ticket_count', p_project_id::text, least(p_numbers, 999999999 - counts.ticket_count));
  update ticketing_project_count c set
      order_count = least(c.order_count + p_numbers, 999999999), ticket_count = least(c.ticket_count + p_numbers, 999999999)
    where c.project_id = p_project_id;
end
$$;

-- Sets the next codes of a batch aside as issued: whoever got one since the backup may still use it, and nobody else gets it.
create function counters_advance_issue(p_mix_id text, p_codes bigint, p_at timestamptz) returns bigint language plpgsql as $$
declare
  batch voucher_batch;
  aside bigint[];
begin
  select * into batch from voucher_batch b where b.mix_id = p_mix_id for no key update;
  select coalesce(array_agg(c.sequence order by c.sequence), '{}') into aside from (
    select c.sequence from voucher_code c
    where c.mix_id = p_mix_id and c.sequence > batch.issue_sequence
      and c.code_status = 0 and c.issued_at is null and c.bound_time is null
    order by c.sequence limit p_codes) c;
  if cardinality(aside) = 0 then
    return 0;
  end if;
  update voucher_code c set issued_at = p_at, issue_ref = 'restore'
    where c.mix_id = p_mix_id and c.sequence = any (aside);
  update voucher_batch b set issued_count = b.issued_count + cardinality(aside), issue_sequence = aside[cardinality(aside)]
    where b.mix_id = p_mix_id;
  insert into voucher_ledger (mix_id, kind, codes, ref, entered_at)
    values (p_mix_id, 'issued', cardinality(aside), 'restore', p_at);
  return cardinality(aside);
end
$$;

-- The most codes that a batch with a pattern may have, so that guessing one is vain (mostCodes of the vouchers' rules).
create function voucher_most_codes(p_pattern text, p_alphabet text, p_check boolean) returns numeric language sql immutable as $$
  select div(power(length(p_alphabet)::numeric,
    length(p_pattern) - length(replace(p_pattern, '#', '')) - p_check::integer), 100000)
$$;

-- Makes the next codes of a batch with a pattern and voids them, so that none of them is made once more.
create function counters_advance_made(p_mix_id text, p_codes bigint, p_at timestamptz) returns bigint
language plpgsql as $$
declare
  batch voucher_batch;
  made bigint;
begin
  select * into batch from voucher_batch b where b.mix_id = p_mix_id for no key update;
  if batch.code_pattern is null then
    return 0;
  end if;
  made := greatest(least(p_codes, voucher_most_codes(batch.code_pattern, batch.code_alphabet, batch.code_check)
    - batch.total_count), 0);
  if made = 0 then
    return 0;
  end if;
  insert into voucher_code (mix_id, sequence, gmt_modified)
    select p_mix_id, n, p_at from generate_series(batch.total_count + 1, batch.total_count + made) as n;
  perform voucher_enter_made(p_mix_id, made, batch.gen_task_id, p_at);
  perform voucher_void(p_mix_id, array(
    select generate_series(batch.total_count + 1, batch.total_count + made)), p_at);
  return made;
end
$$;

-- Moves what a batch hands out ahead: codes, and the cursor of its redemptions. The cursor's gap is no redemption.
create function counters_advance_batch(p_mix_id text, p_numbers bigint, p_codes bigint, p_at timestamptz)
returns table (counter text, key text, skipped bigint) language plpgsql as $$
begin
  update voucher_batch b set consume_sequence = b.consume_sequence + p_numbers where b.mix_id = p_mix_id;
  return query values
    ('voucher_batch.consume_sequence', p_mix_id, p_numbers),
    ('voucher_batch.issue_sequence', p_mix_id, counters_advance_issue(p_mix_id, p_codes, p_at)),
    ('voucher_batch.total_count', p_mix_id, counters_advance_made(p_mix_id, p_codes, p_at));
end
$$;

-- Moves every counter ahead from which something is derived that was handed out: numbers by p_numbers, codes of each batch
-- by p_codes. Gives each counter with how far it was moved.
create function counters_advance(p_numbers bigint, p_codes bigint, p_at timestamptz)
returns table (counter text, key text, skipped bigint) language plpgsql as $$
begin
  -- Servers compare it with what they keep of apps and limits.
  update platform_config_version set version = version + p_numbers;
  return query
    with moved as materialized (
      select 'platform_config_version.version' as counter, '' as key, p_numbers as skipped
      union all select s.* from counters_advance_sequences(p_numbers) s
      union all select p.* from (select project_id from ticketing_project order by 1) t,
        counters_advance_project(t.project_id, p_numbers) p
      union all select b.* from (select mix_id from voucher_batch order by 1) v,
        counters_advance_batch(v.mix_id, p_numbers, p_codes, p_at) b
    ), entered as (
      insert into counter_skip (counter, key, skipped, skipped_at)
      select m.counter, m.key, m.skipped, p_at from moved m where m.skipped > 0 returning 1
    )
    select m.* from moved m where m.skipped > 0;
end
$$;
comment on function counters_advance is
  'For a restored database, before it serves: moves ahead what numbers and codes are derived from, so that none goes out twice.';
