-- Payments that must be given back: an operator records that one was, and what is still due can be listed. And a payment
-- that comes after its order lapsed says what stands in its way.

alter table ticketing_payment drop constraint ticketing_payment_result_code_check;
alter table ticketing_payment
  add constraint ticketing_payment_result_code_check check (result_code in (200, 10243, 10244, 10245, 10246, 10247)),
  add column refund_id text,
  add constraint ticketing_payment_counts_or_goes_back check (refund_id is null or result_code <> 200);
comment on table ticketing_payment is
  'Payments that were reported, in fen. result_code 200: the order is paid by it. Any other must be given back: it came after the hold timed out and 10243 the stock was gone, 10246 the user had as many tickets as one may, 10247 another order had the document; 10244 after the order was cancelled, 10245 after another payment.';
comment on column ticketing_payment.refund_id is 'The record by which it was given back; null while it is due, and when it counts.';
create index ticketing_payment_due on ticketing_payment (received_at, project_id, order_id, pay_no)
  where result_code <> 200 and refund_id is null;

create table ticketing_payment_refund (
  project_id bigint not null,
  refund_id text not null check (length(refund_id) between 1 and 64),
  order_id bigint not null,
  channel_id bigint not null,
  pay_no text not null,
  refund_money bigint not null check (refund_money >= 0),
  reason text not null check (length(reason) between 1 and 500),
  operator text not null check (length(operator) <= 64),
  refunded_at timestamptz not null,
  primary key (project_id, refund_id),
  unique (project_id, pay_no, channel_id)
);
comment on table ticketing_payment_refund is
  'Payments that were given back whole, in fen, append-only: each once. refund_id: the number under which the money went back. operator: who recorded it.';
create trigger change_logged after insert on ticketing_payment_refund
  for each row when (current_setting('piaoquan.writer', true) <> '') execute function change_log_row();

-- Records that a payment was given back, once for each refund_id. Codes: 0 done or done before, 1 no such order, 2 it has
-- no such payment, 3 the payment counts towards the order, 4 it was given back under another refund_id, 5 the refund_id
-- has another content.
create function ticketing_payment_give_back(p_project_id bigint, p_order_id bigint, p_pay_no text, p_refund_id text,
  p_reason text, p_operator text, p_now timestamptz, out code integer, out refund_money bigint)
language plpgsql set enable_seqscan = off set enable_bitmapscan = off as $$
declare
  counts ticketing_project_count := ticketing_project_lock(p_project_id);
  asked ticketing_order;
  payment ticketing_payment;
  done ticketing_payment_refund;
begin
  select * into asked from ticketing_order_by_id(p_project_id, p_order_id);
  select * into payment from ticketing_payment own
  where own.project_id = p_project_id and own.pay_no = p_pay_no and own.channel_id = asked.channel_id
    and own.order_id = p_order_id;
  select * into done from ticketing_payment_refund own where own.project_id = p_project_id and own.refund_id = p_refund_id;
  refund_money := payment.pay_money;
  code := case when asked.order_id is null then 1 when payment.pay_no is null then 2
    when done.refund_id is not null then
      case when done.pay_no = p_pay_no and done.order_id = p_order_id and done.reason = p_reason then 0 else 5 end
    when payment.result_code = 200 then 3 when payment.refund_id is not null then 4 end;
  if code is not null then
    return;
  end if;
  insert into ticketing_payment_refund
  values (p_project_id, p_refund_id, p_order_id, payment.channel_id, p_pay_no, payment.pay_money, p_reason, p_operator, p_now);
  update ticketing_payment set refund_id = p_refund_id
  where project_id = p_project_id and pay_no = p_pay_no and channel_id = payment.channel_id;
  code := 0;
end
$$;

create view audit_ticketing_payment (counter, key, counted, ledger) as
select 'ticketing_payment given back, fen', counts.project_id::text, (
    select coalesce(sum(payment.pay_money), 0) from ticketing_payment payment
    where payment.project_id = counts.project_id and payment.refund_id is not null)::bigint, (
    select coalesce(sum(refund.refund_money), 0) from ticketing_payment_refund refund
    where refund.project_id = counts.project_id)::bigint
from ticketing_project_count counts;
comment on view audit_ticketing_payment is
  'By project, what payments say was given back and what the records of it sum up to; unequal rows are faults.';

-- Takes the stock of an order again whose hold has timed out, or says what stands in its way, as the result_code of a
-- payment: 200 taken, 10243 stock is gone, 10247 another order has the document, 10246 the user has as many as one may.
-- The caller has the project's lock and marks the order paid: the stock goes from free to sold. The order holds its stock
-- from here on, so that the next late payment of the same batch counts it among what its user has.
drop function ticketing_order_retake(bigint, bigint);
create function ticketing_order_retake(p_project_id bigint, p_order_id bigint) returns integer
language plpgsql set enable_seqscan = off set enable_bitmapscan = off as $$
begin
  if exists (
    select from ticketing_order_takes(p_project_id, array[p_order_id]) need join ticketing_price tier
      on tier.project_id = p_project_id and tier.event_id = need.event_id and tier.price_id = need.price_id
    where tier.margin_count < need.n
  ) then
    return 10243;
  elsif exists (
    select from (
      select event_id, document_hash from ticketing_document
      where project_id = p_project_id and order_id = p_order_id offset 0
    ) own cross join lateral (
      select from ticketing_document other where other.project_id = p_project_id and other.event_id = own.event_id
        and other.document_hash = own.document_hash and other.standing offset 0
    ) other
  ) then
    return 10247;
  elsif exists (
    select from (
      select line.event_id, o.user_id, sum(line.goods_count) as n
      from ticketing_order_by_id(p_project_id, p_order_id) o
      join ticketing_order_line line on line.project_id = p_project_id and line.order_id = p_order_id and not line.is_package
      group by line.event_id, o.user_id
    ) bought join ticketing_event event on event.project_id = p_project_id and event.event_id = bought.event_id
    where bought.n + ticketing_user_tickets(p_project_id, event.event_id, bought.user_id) > event.user_limit
  ) then
    return 10246;
  end if;
  update ticketing_price tier set held_count = tier.held_count + need.n
  from ticketing_order_takes(p_project_id, array[p_order_id]) need
  where tier.project_id = p_project_id and tier.event_id = need.event_id and tier.price_id = need.price_id;
  perform ticketing_document_stand(p_project_id, array[p_order_id], true);
  perform ticketing_order_reopen(p_project_id, p_order_id);
  return 200;
end
$$;

-- Takes payment reports of one project in the order given. A held order is paid even when its time is over, as long as
-- nobody has freed it; one that was freed is paid if its stock can be taken again. A pay_no that its channel has used is
-- answered as it was the first time, or refused with other content, the way of paying included.
create or replace function ticketing_order_pay(p_project_id bigint, p_commands jsonb)
returns table (n integer, result_code integer, expected bigint, vo json, tickets json)
language plpgsql set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  counts ticketing_project_count := ticketing_project_lock(p_project_id);
  last_id bigint := counts.ticket_count
    + (select project.project_no from ticketing_project project where project.project_id = p_project_id) * 1000000000::bigint;
  command record;
  code integer;
  codes integer[] := '{}'; order_ids bigint[] := '{}'; moneys bigint[] := '{}';
  -- By order its status, and by pay_no what it paid, as this batch has left them.
  statuses integer[] := '{}'; pay_codes integer[] := '{}'; pay_orders bigint[] := '{}'; pay_moneys bigint[] := '{}';
  pay_types text[] := '{}';
  recorded integer[] := '{}';
  paid_ids bigint[] := '{}'; paid_times timestamptz[] := '{}';
  made integer;
begin
  for command in
    select asked.*, o.order_id as found_id, o.order_status, o.receivable_money, payment.result_code,
      payment.order_id as payment_order, payment.pay_money as payment_money,
      payment.pay_type_id as payment_type,
      dense_rank() over (order by asked.order_id)::integer as order_rank,
      dense_rank() over (order by asked.channel_id, asked.pay_no)::integer as pay_rank
    from rows from (jsonb_to_recordset(p_commands) as
        (now timestamptz, channel_id bigint, order_id bigint, user_id text, pay_no text, pay_money bigint, pay_type_id text))
      with ordinality as asked (now, channel_id, order_id, user_id, pay_no, pay_money, pay_type_id, n)
    left join lateral ticketing_order_by_id(p_project_id, asked.order_id) o
      on o.channel_id = asked.channel_id and (o.user_id = asked.user_id) is not false
    left join lateral (
      select * from ticketing_payment own
      where own.project_id = p_project_id and own.pay_no = asked.pay_no and own.channel_id = asked.channel_id offset 0
    ) payment on true
    order by asked.n
  loop
    if pay_codes[command.pay_rank] is null and command.result_code is not null then
      pay_codes[command.pay_rank] := command.result_code;
      pay_orders[command.pay_rank] := command.payment_order;
      pay_moneys[command.pay_rank] := command.payment_money;
      pay_types[command.pay_rank] := command.payment_type;
    end if;
    if statuses[command.order_rank] is null then
      statuses[command.order_rank] := command.order_status;
    end if;
    if command.found_id is null then
      code := 10240;
    elsif pay_codes[command.pay_rank] is not null then
      code := case when pay_orders[command.pay_rank] = command.order_id and pay_moneys[command.pay_rank] = command.pay_money
          and pay_types[command.pay_rank] = command.pay_type_id
        then pay_codes[command.pay_rank] else 10242 end;
    elsif command.pay_money <> command.receivable_money then
      code := 10241;
    else
      code := case statuses[command.order_rank] when 1 then 200 when 2 then 10245 when 3 then 10244
        else ticketing_order_retake(p_project_id, command.order_id) end;
      recorded := recorded || command.n::integer;
      pay_codes[command.pay_rank] := code;
      pay_orders[command.pay_rank] := command.order_id;
      pay_moneys[command.pay_rank] := command.pay_money;
      pay_types[command.pay_rank] := command.pay_type_id;
      if code = 200 then
        statuses[command.order_rank] := 2;
        paid_ids := paid_ids || command.order_id;
        paid_times := paid_times || command.now;
      end if;
    end if;
    codes := codes || code;
    order_ids := order_ids || command.found_id;
    moneys := moneys || command.receivable_money;
  end loop;

  insert into ticketing_payment (project_id, pay_no, channel_id, order_id, pay_money, pay_type_id, result_code, received_at)
  select p_project_id, pay_no, channel_id, order_id, pay_money, pay_type_id, codes[n], now
  from rows from (jsonb_to_recordset(p_commands) as
      (now timestamptz, channel_id bigint, order_id bigint, pay_no text, pay_money bigint, pay_type_id text))
    with ordinality as asked (now, channel_id, order_id, pay_no, pay_money, pay_type_id, n)
  where n = any(recorded);
  if cardinality(paid_ids) > 0 then
    perform ticketing_order_paid(p_project_id, paid_ids, paid_times);
    made := ticketing_order_issue(p_project_id, paid_ids, paid_times, last_id);
    update ticketing_project_count set ticket_count = ticket_count + made where project_id = p_project_id;
  end if;
  return query
    select asked.n::integer, asked.code, asked.money, found.vo, issued.list
    from unnest(codes, order_ids, moneys) with ordinality as asked (code, order_id, money, n)
    left join lateral ticketing_order_vo(p_project_id, case when asked.code = 200 then asked.order_id end) found on true
    left join lateral (
      select json_agg(json_build_object('ticket_id', ticket_id, 'event_id', event_id, 'price_id', price_id)
        order by ticket_id) as list
      from ticketing_order_tickets(p_project_id, asked.order_id) where asked.code = 200
    ) issued on true;
end
$$;
