-- Lets the documents of orders stand, which keeps others from using them for the same event, or not any more. By their
-- keys, as ticketing_order_close tells.
create or replace function ticketing_document_stand(p_project_id bigint, p_order_ids bigint[], p_standing boolean)
returns void
language plpgsql set enable_seqscan = off set enable_bitmapscan = off as $$
begin
  insert into ticketing_document (project_id, event_id, document_hash, order_id, person_no, standing)
  select p_project_id, found.event_id, found.document_hash, found.order_id, found.person_no, p_standing
  from unnest(p_order_ids) as wanted (order_id)
  cross join lateral (
    select * from ticketing_document own
    where own.project_id = p_project_id and own.order_id = wanted.order_id offset 0
  ) found
  where found.standing <> p_standing
  on conflict (project_id, order_id, event_id, person_no) do update set standing = excluded.standing;
end $$;
