-- Sends of one seller in arrival order. A command bears: at (epoch ms), unique_id, content (hex), relation_id,
-- detail_id, config_id and benefit_type (either may be null), send_count, receiver_hash (hex), receiver_sealed
-- (base64), share_hash (hex or null), biz_id, trace_id. Answers one row a command, in order: error_code null and the
-- result of each detail, or the error code of a send that was refused whole. A send of which nothing arrived leaves no
-- trace; one that stands is answered by its key, whoever else asks on its chain of sharing. The planner takes the
-- lists of a batch for much shorter than they are, so it is told to hash them, and to look tables up by their indexes.
create or replace function benefit_send(p_user_id bigint, p_commands jsonb)
returns table (error_code text, results json)
language plpgsql set enable_seqscan = off set enable_nestloop = off as $$
begin
  perform from benefit_seller where user_id = p_user_id for no key update;
  return query
  with command as materialized (
    select c.*, first_value(n) over same_key as first_n, first_value(content) over same_key = content as same_content
    from rows from (jsonb_to_recordset(p_commands) as (at bigint, unique_id text, content text, relation_id bigint,
        detail_id bigint, config_id bigint, benefit_type text, send_count integer, receiver_hash text,
          receiver_sealed text,
        share_hash text, biz_id text, trace_id text)) with ordinality
      as c (at, unique_id, content, relation_id, detail_id, config_id, benefit_type, send_count, receiver_hash,
        receiver_sealed, share_hash, biz_id, trace_id, n)
    window same_key as (partition by c.unique_id order by n)
  ),
  -- The first command of each key, with the stored send of that key and, on a chain of sharing, of that receiver.
  first as materialized (
    select c.*, to_timestamp(c.at / 1000.0) as sent_at, decode(c.receiver_hash, 'hex') as receiver,
      stored.content_hash as stored_content,
      c.share_hash is not null and stored.content_hash is null and (coalesce(shared.found, false) or row_number()
        over (partition by c.share_hash, c.receiver_hash, stored.content_hash is null order by c.n) > 1) as is_shared
    from command c
    left join lateral (
      select s.content_hash from benefit_send s
      where s.user_id = p_user_id and s.unique_id between c.unique_id and c.unique_id order by s.unique_id limit 1
    ) stored on true
    left join lateral (
      select true as found from benefit_send s
      where s.user_id = p_user_id and s.share_hash = decode(c.share_hash, 'hex')
        and s.receiver_hash between decode(c.receiver_hash, 'hex') and decode(c.receiver_hash, 'hex')
        and s.unique_id <> c.unique_id
      order by s.receiver_hash limit 1
    ) shared on true
    where c.n = c.first_n
  ),
  -- What each pair of relation and detail that was asked for means: one detail, or all living ones of the relation.
  target as materialized (
    select asked.*, d.detail_id, d.benefit_id, t.config_id, y.benefit_type, t.status, t.valid_total_num, t.max_sends,
      t.window_seconds, greatest(a.start_time, t.start_time) as from_time, least(a.end_time, t.end_time) as to_time
    from (select distinct coalesce(f.relation_id, 0) as asked_relation, coalesce(f.detail_id, 0) as asked_detail
      from first f) asked
    cross join lateral (
      (select * from benefit_detail x
        where x.user_id = p_user_id and x.detail_id between asked_detail and asked_detail
        and asked_relation in (0, x.relation_id) and x.status = 'VALID' order by x.detail_id limit 1)
      union all
      (select * from benefit_detail x where asked_detail = 0 and x.user_id = p_user_id
        and x.relation_id between asked_relation and asked_relation and x.status = 'VALID' order by x.relation_id)
    ) d
    cross join lateral (
      select * from benefit_activity x
      where x.user_id = p_user_id and x.relation_id between d.relation_id and d.relation_id
        order by x.relation_id limit 1
    ) a
    cross join lateral (
      select * from benefit_template x
      where x.user_id = p_user_id and x.benefit_id between d.benefit_id and d.benefit_id order by x.benefit_id limit 1
    ) t
    cross join lateral (select x.benefit_type from benefit_type x where x.config_id = t.config_id limit 1) y
  ),
  -- Every detail of every send that is to be decided; those of another type than asked for are not meant.
  part as materialized (
    select f.*, t.detail_id as of_detail, t.benefit_id, t.valid_total_num, t.max_sends,
      to_timestamp(floor(f.at / (1000.0 * t.window_seconds)) * t.window_seconds) as window_start,
      case
        when f.sent_at < t.from_time then 'isp.param-error:236'
        when period_over(t.to_time, f.sent_at) then 'isv.param-error:226'
        when t.status <> 1 and t.config_id = 1 then 'isp.param-error:214'
        when t.status <> 1 then 'isp.param-error:236'
      end as refusal
    from first f
    join target t on t.asked_relation = coalesce(f.relation_id, 0) and t.asked_detail = coalesce(f.detail_id, 0)
    where f.stored_content is null and not f.is_shared
      and (f.config_id is null or f.config_id = t.config_id)
      and (f.benefit_type is null or f.benefit_type is not distinct from t.benefit_type)
  ),
  -- Where stock runs out it is out for all that follow, so those that get nothing never stand before one that does.
  paced as materialized (
    select p.*, coalesce(past.sends, 0) as past_sends, case when p.window_start is not null then coalesce(past.sends, 0)
        + row_number() over (partition by p.refusal is null, p.benefit_id, p.receiver, p.window_start order by p.n) end
        as window_ordinal
    from part p
    left join lateral (
      select s.window_ordinal as sends from benefit_send_detail s
      where s.user_id = p_user_id and s.benefit_id = p.benefit_id and s.receiver_hash = p.receiver
        and s.window_start = p.window_start order by s.window_ordinal desc limit 1
    ) past on true
  ),
  judged as materialized (
    select p.*, case when p.refusal is not null then p.refusal
      when p.window_ordinal > p.max_sends then 'isp.param-error:100' end as error
    from paced p
  ),
  stocked as materialized (
    select j.*, case when j.error is not null then 0 else least(j.send_count, greatest(0, j.valid_total_num - coalesce(
        sum(j.send_count) filter (where j.error is null)
          over (partition by j.benefit_id order by j.n rows between unbounded preceding and 1 preceding), 0)))::integer
      end as success_count
    from judged j
  ),
  outcome as materialized (
    select s.*, sum(s.success_count) over (partition by s.n) > 0 as is_sent,
      case
        -- Counted among too many only because of sends before it that found nothing left: nothing is left for it either.
        when s.error = 'isp.param-error:100' and s.past_sends + coalesce(sum(least(s.success_count,
          1)) over (partition by
          s.benefit_id, s.receiver, s.window_start order by s.n rows between unbounded preceding and 1 preceding),
            0) < s.max_sends
          then array['isp.param-error:236']
        when s.error is not null then array[s.error]
        when s.success_count < s.send_count then array['isp.param-error:236']
        else '{}'::text[] end as error_code_list
    from stocked s
  ),
  told as materialized (
    select o.n, json_agg(json_build_object('index_id', o.of_detail, 'success_count', o.success_count,
        'failure_count', o.send_count - o.success_count, 'error_code_list', o.error_code_list)
          order by o.of_detail) as results
    from outcome o group by o.n
  ),
  sent as (
    insert into benefit_send (user_id, unique_id, send_id, content_hash, receiver_hash, receiver_sealed, share_hash,
      biz_id,
      trace_id, sent_at)
    select p_user_id, o.unique_id, nextval('benefit_send_id'), decode(o.content, 'hex'), o.receiver,
      decode(o.receiver_sealed, 'base64'), decode(o.share_hash, 'hex'), o.biz_id, o.trace_id, o.sent_at
    from (select distinct on (x.n) x.* from outcome x where x.is_sent order by x.n) o
  ),
  sent_detail as (
    insert into benefit_send_detail (user_id, unique_id, detail_id, benefit_id, send_count, success_count,
      error_code_list,
      receiver_hash, window_start, window_ordinal, max_sends)
    select p_user_id, o.unique_id, o.of_detail, o.benefit_id, o.send_count, o.success_count, o.error_code_list,
      o.receiver,
      case when o.success_count > 0 then o.window_start end, case when o.success_count > 0 then o.window_ordinal end,
        o.max_sends
    from outcome o where o.is_sent order by o.n
  ),
  -- Nobody changes a template meanwhile who does not hold the seller: it is where it was found.
  due as materialized (
    select x.benefit_id, sum(x.success_count) as sent from outcome x group by x.benefit_id
  ),
  taken as (
    update benefit_template t
    set valid_total_num = t.valid_total_num - (select d.sent from due d where d.benefit_id = t.benefit_id)
    where t.user_id = p_user_id and t.benefit_id = any (array(select d.benefit_id from due d where d.sent > 0))
  )
  select case
      when f.stored_content <> decode(c.content, 'hex') or not c.same_content or f.is_shared then 'isp.param-error:301'
      when f.stored_content is not null or t.n is not null then null
      when exists (select from target x where x.asked_relation = coalesce(f.relation_id, 0)
        and x.asked_detail = coalesce(f.detail_id, 0)) then 'isv.param-error:226'
      else 'isv.param-error:295' end,
    coalesce(t.results, old.results)
  from command c
  join first f on f.n = c.first_n
  left join told t on t.n = c.first_n
  left join lateral (
    select json_agg(json_build_object('index_id', s.detail_id, 'success_count', s.success_count,
      'failure_count', s.send_count - s.success_count, 'error_code_list', s.error_code_list)
        order by s.detail_id) as results
    from benefit_send_detail s where f.stored_content is not null and s.user_id = p_user_id
      and s.unique_id = c.unique_id
  ) old on true
  order by c.n;
end $$;
