-- The commands of a batch of sends in their order, and what each meets: the first of its key (first_n) and whether that
-- asks for the same, and for the first itself the stored send of the key and, on a chain of sharing, whether the
-- receiver was sent to by another key.
create or replace function benefit_send_match(p_user_id bigint, p_commands jsonb)
returns table (n bigint, first_n bigint, same_content boolean, at bigint, unique_id text, content text,
  relation_id bigint, detail_id bigint, config_id bigint, benefit_type text, send_count integer, receiver bytea,
  receiver_sealed text, share_hash text, biz_id text, trace_id text, sent_at timestamptz, stored_content bytea,
  is_shared boolean)
language sql stable as $$
  with command as materialized (
    select c.*, first_value(c.n) over same_key as first_n,
      first_value(c.content) over same_key = c.content as same_content
    from rows from (jsonb_to_recordset(p_commands) as (at bigint, unique_id text, content text, relation_id bigint,
        detail_id bigint, config_id bigint, benefit_type text, send_count integer, receiver_hash text,
        receiver_sealed text, share_hash text, biz_id text, trace_id text)) with ordinality
      as c (at, unique_id, content, relation_id, detail_id, config_id, benefit_type, send_count, receiver_hash,
        receiver_sealed, share_hash, biz_id, trace_id, n)
    window same_key as (partition by c.unique_id order by c.n)
  )
  select c.n, c.first_n, c.same_content, c.at, c.unique_id, c.content, c.relation_id, c.detail_id, c.config_id,
    c.benefit_type, c.send_count, decode(c.receiver_hash, 'hex'), c.receiver_sealed, c.share_hash, c.biz_id, c.trace_id,
    to_timestamp(c.at / 1000.0), stored.content_hash,
    c.share_hash is not null and stored.content_hash is null and (coalesce(shared.found, false) or row_number() over (
      partition by c.share_hash, c.receiver_hash, stored.content_hash is null, c.n = c.first_n order by c.n) > 1)
  from command c
  left join lateral (
    select s.content_hash from benefit_send s
    where c.n = c.first_n and s.user_id = p_user_id and s.unique_id between c.unique_id and c.unique_id
    order by s.unique_id limit 1
  ) stored on true
  left join lateral (
    select true as found from benefit_send s
    where c.n = c.first_n and s.user_id = p_user_id and s.share_hash = decode(c.share_hash, 'hex')
      and s.receiver_hash between decode(c.receiver_hash, 'hex') and decode(c.receiver_hash, 'hex')
      and s.unique_id <> c.unique_id
    order by s.receiver_hash limit 1
  ) shared on true
$$;
