-- Gives the held stock and the documents of orders back. The caller has the project's lock and has closed the orders.
create or replace function ticketing_order_free(p_project_id bigint, p_order_ids bigint[])
returns void
language plpgsql as $$
begin
  update ticketing_price tier set held_count = tier.held_count - freed.n
  from ticketing_order_takes(p_project_id, p_order_ids) freed
  where tier.project_id = p_project_id and tier.event_id = freed.event_id and tier.price_id = freed.price_id;
  perform ticketing_document_stand(p_project_id, p_order_ids, false);
end
$$;
