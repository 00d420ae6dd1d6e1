-- The payment reports of a batch in their order, each with the order that it is for, if there is one for who reports
-- it, and with the payment that its channel reported under its pay_no. Equal ranks are equal orders, and equal
-- payments.
create or replace function ticketing_payments_match(p_project_id bigint, p_commands jsonb)
returns table (n integer, now timestamptz, order_id bigint, pay_money bigint, pay_type_id text, found_id bigint,
  order_status smallint, receivable_money bigint, result_code integer, payment_order bigint, payment_money bigint,
  payment_type text, order_rank integer, pay_rank integer)
language sql stable as $$
  select asked.n::integer, asked.now, asked.order_id, asked.pay_money, asked.pay_type_id, o.order_id, o.order_status,
    o.receivable_money, payment.result_code, payment.order_id, payment.pay_money, payment.pay_type_id,
    dense_rank() over (order by asked.order_id)::integer,
    dense_rank() over (order by asked.channel_id, asked.pay_no)::integer
  from rows from (jsonb_to_recordset(p_commands) as (now timestamptz, channel_id bigint, order_id bigint, user_id text,
      pay_no text, pay_money bigint, pay_type_id text))
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
$$;
