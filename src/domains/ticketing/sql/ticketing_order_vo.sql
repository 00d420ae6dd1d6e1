-- What an answer tells of an order: only what never changes, so that a repeated answer is the first one.
create or replace function ticketing_order_vo(p_project_id bigint, p_order_id bigint)
returns table (vo json)
language sql stable as $$
  select json_build_object('order_id', o.order_id, 'shopping_cart_id', o.shopping_cart_id,
    'receivable_money', o.receivable_money, 'expire_time', o.expire_time, 'lines', (
      select json_agg(json_build_object('child_no', child_no, 'event_id', event_id, 'price_id', price_id,
        'goods_count', goods_count, 'price', price, 'price_name', price_name, 'price_name_en', price_name_en)
        order by line_no, child_no)
      from ticketing_order_line line where line.project_id = p_project_id and line.order_id = p_order_id))
  from ticketing_order_by_id(p_project_id, p_order_id) o
$$;
