-- Decides on payment reports in their order. codes, order_ids, moneys: by command its result_code, the order found and
-- what that costs; recorded: the numbers of the commands to keep; paid_ids, paid_times: the orders that are paid now,
-- and when. The stock of an order whose hold has timed out is taken again here.
create or replace function ticketing_order_pay_decide(p_project_id bigint, p_commands jsonb, out codes integer[],
  out order_ids bigint[], out moneys bigint[], out recorded integer[], out paid_ids bigint[],
  out paid_times timestamptz[])
language plpgsql as $$
declare
  -- By order its status, and by pay_no what it paid, as this batch has left them.
  statuses integer[] := '{}'; pay_codes integer[] := '{}'; pay_orders bigint[] := '{}'; pay_moneys bigint[] := '{}';
  pay_types text[] := '{}';
  command record; code integer; o integer; p integer;
begin
  codes := '{}'; order_ids := '{}'; moneys := '{}'; recorded := '{}'; paid_ids := '{}'; paid_times := '{}';
  for command in select * from ticketing_payments_match(p_project_id, p_commands) loop
    o := command.order_rank;
    p := command.pay_rank;
    if pay_codes[p] is null and command.result_code is not null then
      pay_codes[p] := command.result_code;
      pay_orders[p] := command.payment_order;
      pay_moneys[p] := command.payment_money;
      pay_types[p] := command.payment_type;
    end if;
    if statuses[o] is null then
      statuses[o] := command.order_status;
    end if;
    if command.found_id is null then
      code := 10240;
    elsif pay_codes[p] is not null then
      code := case when pay_orders[p] = command.order_id and pay_moneys[p] = command.pay_money
        and pay_types[p] = command.pay_type_id then pay_codes[p] else 10242 end;
    elsif command.pay_money <> command.receivable_money then
      code := 10241;
    else
      code := case statuses[o] when 1 then 200 when 2 then 10245 when 3 then 10244
        else ticketing_order_retake(p_project_id, command.order_id) end;
      recorded := recorded || command.n;
      pay_codes[p] := code;
      pay_orders[p] := command.order_id;
      pay_moneys[p] := command.pay_money;
      pay_types[p] := command.pay_type_id;
      if code = 200 then
        statuses[o] := 2;
        paid_ids := paid_ids || command.order_id;
        paid_times := paid_times || command.now;
      end if;
    end if;
    codes := codes || code;
    order_ids := order_ids || command.found_id;
    moneys := moneys || command.receivable_money;
  end loop;
end
$$;
