-- Takes payment reports of one project in the order given. A held order is paid even when its time is over, as long as
-- nobody has freed it; one that was freed is paid if its stock can be taken again. A pay_no that its channel has used
-- is answered as it was the first time, or refused with other content, the way of paying included.
create or replace function ticketing_order_pay(p_project_id bigint, p_commands jsonb)
returns table (result_code integer, expected bigint, vo json, tickets json)
language plpgsql set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  counts record := ticketing_project_lock(p_project_id);
  last_id bigint := counts.ticket_count + 1000000000::bigint * (
    select project.project_no from ticketing_project project where project.project_id = p_project_id);
  decided record;
  codes integer[];
  made integer;
begin
  select * into decided from ticketing_order_pay_decide(p_project_id, p_commands);
  codes := decided.codes;
  insert into ticketing_payment (project_id, pay_no, channel_id, order_id, pay_money, pay_type_id, result_code,
    received_at)
  select p_project_id, pay_no, channel_id, order_id, pay_money, pay_type_id, codes[n], now
  from rows from (jsonb_to_recordset(p_commands) as
      (now timestamptz, channel_id bigint, order_id bigint, pay_no text, pay_money bigint, pay_type_id text))
    with ordinality as asked (now, channel_id, order_id, pay_no, pay_money, pay_type_id, n)
  where n = any(decided.recorded);
  if cardinality(decided.paid_ids) > 0 then
    perform ticketing_order_paid(p_project_id, decided.paid_ids, decided.paid_times);
    made := ticketing_order_issue(p_project_id, decided.paid_ids, decided.paid_times, last_id);
    update ticketing_project_count set ticket_count = ticket_count + made where project_id = p_project_id;
  end if;
  return query
    select asked.code, asked.money, found.vo, issued.list
    from unnest(codes, decided.order_ids, decided.moneys) with ordinality as asked (code, order_id, money, n)
    left join lateral ticketing_order_vo(p_project_id, case when asked.code = 200 then asked.order_id end) found on true
    left join lateral (
      select json_agg(json_build_object('ticket_id', ticket_id, 'event_id', event_id, 'price_id', price_id)
        order by ticket_id) as list
      from ticketing_order_tickets(p_project_id, asked.order_id) where asked.code = 200
    ) issued on true
    order by asked.n;
end
$$;
