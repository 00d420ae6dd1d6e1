-- Records that a payment was given back, once for each refund_id. Codes: 0 done or done before, 1 no such order, 2 it
-- has no such payment, 3 the payment counts towards the order, 4 it was given back under another refund_id, 5 the
-- refund_id has another content.
create or replace function ticketing_payment_give_back(p_project_id bigint, p_order_id bigint, p_pay_no text,
  p_refund_id text, p_reason text, p_operator text, p_now timestamptz, out code integer, out refund_money bigint)
language plpgsql set enable_seqscan = off set enable_bitmapscan = off as $$
declare
  counts record := ticketing_project_lock(p_project_id);
  asked ticketing_order;
  payment ticketing_payment;
  done ticketing_payment_refund;
begin
  select * into asked from ticketing_order_by_id(p_project_id, p_order_id);
  select * into payment from ticketing_payment own
  where own.project_id = p_project_id and own.pay_no = p_pay_no and own.channel_id = asked.channel_id
    and own.order_id = p_order_id;
  select * into done from ticketing_payment_refund own where own.project_id = p_project_id
    and own.refund_id = p_refund_id;
  refund_money := payment.pay_money;
  code := case when asked.order_id is null then 1 when payment.pay_no is null then 2
    when done.refund_id is not null then
      case when done.pay_no = p_pay_no and done.order_id = p_order_id and done.reason = p_reason then 0 else 5 end
    when payment.result_code = 200 then 3 when payment.refund_id is not null then 4 end;
  if code is not null then
    return;
  end if;
  insert into ticketing_payment_refund
  values (p_project_id, p_refund_id, p_order_id, payment.channel_id, p_pay_no, payment.pay_money, p_reason, p_operator,
    p_now);
  update ticketing_payment set refund_id = p_refund_id
  where project_id = p_project_id and pay_no = p_pay_no and channel_id = payment.channel_id;
  code := 0;
end
$$;
