-- The sends that bear a key, one a seller at most.
create or replace function benefit_find_sends(p_unique_id text)
returns table (user_id bigint, unique_id text, send_id bigint, receiver_hash bytea, receiver_sealed bytea, biz_id text,
  trace_id text, sent_at timestamptz)
language plpgsql stable set enable_seqscan = off as $$
begin
  return query
  select s.user_id, s.unique_id, s.send_id, s.receiver_hash, s.receiver_sealed, s.biz_id, s.trace_id, s.sent_at
  from benefit_seller seller cross join lateral (
    select * from benefit_send x
    where x.user_id = seller.user_id and x.unique_id between p_unique_id and p_unique_id order by x.unique_id limit 1
  ) s;
end $$;
