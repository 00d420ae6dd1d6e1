-- What the commands of a batch meet: why each is refused as it stands, its cart, and the order that its cart has
-- already; and the goods of those that are still to be decided. The project is locked.
create or replace function ticketing_order_match(p_project_id bigint, p_commands jsonb,
  out goods ticketing_goods[], out submitted ticketing_submitted)
language plpgsql as $$
declare
  read_goods ticketing_goods[];
  details jsonb[];
  orders bigint[];
begin
  select array_agg(g) into read_goods from ticketing_goods_read(p_project_id, p_commands) g;
  select array_agg(judged.detail order by c.n), array_agg(c.cart order by c.n), array_agg(c.content_hash order by c.n),
    array_agg(o.order_id order by c.n), array_agg(encode(o.content_hash, 'hex') order by c.n)
  into submitted
  from (
    select command.*, dense_rank() over (order by channel_id, shopping_cart_id)::integer as cart
    from rows from (jsonb_to_recordset(p_commands) as (channel_id bigint, shopping_cart_id text, content_hash text))
      with ordinality as command (channel_id, shopping_cart_id, content_hash, n)
  ) c
  join ticketing_order_judge(p_commands, read_goods) judged on judged.n = c.n
  left join lateral (
    select * from ticketing_order own where own.project_id = p_project_id and own.channel_id = c.channel_id
      and own.shopping_cart_id = c.shopping_cart_id offset 0
  ) o on true;
  details := submitted.detail;
  orders := submitted.order_id;
  select array_agg(g) into goods from unnest(read_goods) g where details[g.n] is null and orders[g.n] is null;
end
$$;
