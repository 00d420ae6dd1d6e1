-- Marks orders paid, whether they still hold their stock or took it again. By their keys, as ticketing_order_close
-- tells.
create or replace function ticketing_order_paid(p_project_id bigint, p_order_ids bigint[], p_paid_at timestamptz[])
returns void
language plpgsql set enable_seqscan = off set enable_bitmapscan = off as $$
begin
  insert into ticketing_order (project_id, order_id, channel_id, shopping_cart_id, content_hash, user_id, goods_money,
    receivable_money, order_status, created_at, expire_time, paid_at)
  select found.project_id, found.order_id, found.channel_id, found.shopping_cart_id, found.content_hash, found.user_id,
    found.goods_money, found.receivable_money, 2, found.created_at, found.expire_time, wanted.at
  from unnest(p_order_ids, p_paid_at) as wanted (order_id, at)
  cross join lateral ticketing_order_by_id(p_project_id, wanted.order_id) found
  on conflict (project_id, order_id) do update
    set order_status = 2, paid_at = excluded.paid_at, closed_at = null;
end $$;
