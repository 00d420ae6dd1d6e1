-- Writes the orders that were accepted. p_orders: by command the id of its order, 0 for none.
create or replace function ticketing_order_write(p_project_id bigint, p_commands jsonb, p_goods ticketing_goods[],
  p_orders bigint[])
returns void
language plpgsql as $$
declare
  hold interval := (
    select make_interval(mins => coalesce(project.hold_minutes, tenant.hold_minutes))
    from ticketing_project project join ticketing_tenant tenant using (tenant_id) where project_id = p_project_id);
begin
  insert into ticketing_order (project_id, order_id, channel_id, shopping_cart_id, content_hash, user_id, goods_money,
    receivable_money, created_at, expire_time)
  select p_project_id, p_orders[n], command.channel_id, command.shopping_cart_id, decode(command.content_hash, 'hex'),
    command.user_id, money.gross, money.net, command.now, command.now + hold
  from rows from (jsonb_to_recordset(p_commands)
      as (now timestamptz, channel_id bigint, shopping_cart_id text, content_hash text, user_id text))
    with ordinality as command (now, channel_id, shopping_cart_id, content_hash, user_id, n)
  join (
    select n, sum(goods_count * price) as gross, sum(money) as net from unnest(p_goods) group by n
  ) money using (n)
  where p_orders[n] > 0;

  insert into ticketing_order_line
  select p_project_id, p_orders[goods.n], goods.line_no, item.child_no, goods.event_id, item.price_id,
    goods.is_package and item.child_no = 0, goods.goods_count * item.num, item.price,
    case when item.child_no = 0 then goods.money else 0 end, item.price_name, item.price_name_en
  from unnest(p_goods) goods
  join (
    select event_id, price_id as asked_id, 0 as child_no, 1 as num, price_id, price, price_name, price_name_en
    from ticketing_price where project_id = p_project_id
    union all
    select event_id, part.price_id, row_number() over (partition by event_id, part.price_id order by child_price_id),
      child_num, child_price_id, price, price_name, price_name_en
    from ticketing_price_child part
    join ticketing_price tier using (project_id, event_id)
    where project_id = p_project_id and tier.price_id = part.child_price_id
  ) item on item.event_id = goods.event_id and item.asked_id = goods.price_id
  where p_orders[goods.n] > 0;

  insert into ticketing_person
  select p_project_id, p_orders[n], person.person_no, person.line_no, person.ticket_index,
    decode(person.sealed, 'base64'), array(select decode(hash, 'hex')
      from jsonb_array_elements_text(person.hashes) hash)
  from rows from (jsonb_to_recordset(p_commands) as (persons jsonb)) with ordinality as command (persons, n)
  cross join lateral jsonb_to_recordset(command.persons) as person
    (person_no integer, line_no integer, ticket_index integer, sealed text, hashes jsonb)
  where p_orders[n] > 0;

  insert into ticketing_document (project_id, event_id, document_hash, order_id, person_no)
  select distinct p_project_id, goods.event_id, decode(person.document_hash, 'hex'), p_orders[goods.n], person.person_no
  from rows from (jsonb_to_recordset(p_commands) as (persons jsonb)) with ordinality as command (persons, n)
  cross join lateral jsonb_to_recordset(command.persons) as person (person_no integer, line_no integer,
    document_hash text)
  join unnest(p_goods) goods on goods.n = command.n
  where p_orders[goods.n] > 0 and person.document_hash is not null and (
    (goods.event_limit_type = 1 and person.person_no = 1)
    or (goods.event_limit_type = 2 and person.line_no = goods.line_no));
end
$$;
