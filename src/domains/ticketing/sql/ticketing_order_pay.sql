-- Takes payment reports of one project in the order given. A held order is paid even when its time is over, as long as
-- nobody has freed it; one that was freed is paid if its stock can be taken again. A pay_no that its channel has used
-- is answered as it was the first time, or refused with other content, the way of paying included.
create or replace function ticketing_order_pay(p_project_id bigint, p_commands jsonb)
returns table (n integer, result_code integer, expected bigint, vo json, tickets json)
language plpgsql set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  counts ticketing_project_count := ticketing_project_lock(p_project_id);
  last_id bigint := counts.ticket_count
    + (select project.project_no from ticketing_project project
      where project.project_id = p_project_id) * 1000000000::bigint;
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
        (now timestamptz, channel_id bigint, order_id bigint, user_id text, pay_no text, pay_money bigint,
          pay_type_id text))
      with ordinality as asked (now, channel_id, order_id, user_id, pay_no, pay_money, pay_type_id, n)
    left join lateral ticketing_order_by_id(p_project_id, asked.order_id) o
      on o.channel_id = asked.channel_id and (o.user_id = asked.user_id) is not false
    left join lateral (
      select * from ticketing_payment own
      where own.project_id = p_project_id and own.pay_no between asked.pay_no and asked.pay_no
        and own.channel_id = asked.channel_id
      order by own.pay_no limit 1
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
      code := case when pay_orders[command.pay_rank] = command.order_id
        and pay_moneys[command.pay_rank] = command.pay_money
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

  insert into ticketing_payment (project_id, pay_no, channel_id, order_id, pay_money, pay_type_id, result_code,
    received_at)
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
