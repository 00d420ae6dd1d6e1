-- Makes the tickets of paid orders, and what was held sold. The tickets of a line cost alike, to the fen.
create or replace function ticketing_order_issue(p_project_id bigint, p_order_ids bigint[], p_paid_at timestamptz[],
  p_last_id bigint)
returns integer
language plpgsql as $$
declare
  made integer;
begin
  insert into ticketing_ticket
    (project_id, ticket_id, order_id, line_no, unit_no, event_id, price_id, person_no, money, issued_at)
  select p_project_id, p_last_id + row_number() over (order by position, ticket.line_no, place), ticket.order_id,
    ticket.line_no, unit_no, ticket.event_id, ticket.price_id, person.person_no,
    div(ticket.money::numeric * place, tickets) - div(ticket.money::numeric * (place - 1), tickets), paid_at
  from (
    select paid.*, leaf.line_no, unit_no, leaf.event_id, leaf.price_id, leaf.money,
      row_number() over (partition by paid.order_id, leaf.line_no order by unit_no, leaf.child_no, seat_no) as place,
      count(*) over (partition by paid.order_id, leaf.line_no) as tickets
    from unnest(p_order_ids, p_paid_at) with ordinality as paid (order_id, paid_at, position)
    cross join lateral (
      select leaf.line_no, leaf.child_no, leaf.event_id, leaf.price_id, goods.money, goods.goods_count as units,
        leaf.goods_count / goods.goods_count as seats
      from ticketing_order_line leaf join ticketing_order_line goods
        on goods.project_id = leaf.project_id and goods.order_id = leaf.order_id and goods.line_no = leaf.line_no
      where leaf.project_id = p_project_id and leaf.order_id = paid.order_id and not leaf.is_package
        and goods.project_id = p_project_id and goods.order_id = paid.order_id and goods.child_no = 0 offset 0
    ) leaf
    cross join generate_series(1, leaf.units) as unit_no
    cross join generate_series(1, leaf.seats) as seat_no
  ) ticket
  left join lateral (
    select own.person_no from ticketing_person own
    where own.project_id = p_project_id and own.order_id = ticket.order_id and own.line_no = ticket.line_no
      and own.ticket_index = place offset 0
  ) person on true;
  get diagnostics made = row_count;
  update ticketing_price tier set held_count = tier.held_count - sold.n, sale_count = tier.sale_count + sold.n
  from ticketing_order_takes(p_project_id, p_order_ids) sold
  where tier.project_id = p_project_id and tier.event_id = sold.event_id and tier.price_id = sold.price_id;
  return made;
end
$$;
