-- Lets the documents of orders stand, which keeps others from using them for the same event, or not any more.
create or replace function ticketing_document_stand(p_project_id bigint, p_order_ids bigint[], p_standing boolean)
returns void
language sql set enable_seqscan = off set enable_bitmapscan = off as $$
  update ticketing_document set standing = p_standing
  where ctid = any(array(
    select found.place from unnest(p_order_ids) as wanted (order_id)
    cross join lateral (
      select own.ctid as place, own.standing from ticketing_document own
      where own.project_id = p_project_id and own.order_id = wanted.order_id offset 0
    ) found
    where found.standing <> p_standing
  ))
$$;
