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
  with outcome as materialized (select * from benefit_send_decide(p_user_id, p_commands)),
  command as materialized (select distinct on (o.n) o.* from outcome o order by o.n),
  told as materialized (
    select o.n, json_agg(json_build_object('index_id', o.of_detail, 'success_count', o.success_count,
      'failure_count', o.send_count - o.success_count, 'error_code_list', o.error_code_list) order by o.of_detail)
      as results
    from outcome o where o.of_detail is not null group by o.n
  ),
  sent as (
    insert into benefit_send (user_id, unique_id, content_hash, receiver_hash, receiver_sealed, share_hash, biz_id,
      trace_id, sent_at)
    select p_user_id, c.unique_id, decode(c.content, 'hex'), c.receiver,
      decode(c.receiver_sealed, 'base64'), decode(c.share_hash, 'hex'), c.biz_id, c.trace_id, c.sent_at
    from command c where c.is_sent order by c.n
  ),
  sent_detail as (
    insert into benefit_send_detail (user_id, unique_id, detail_id, benefit_id, send_count, success_count,
      error_code_list, receiver_hash, window_start, window_ordinal, max_sends)
    select p_user_id, o.unique_id, o.of_detail, o.benefit_id, o.send_count, o.success_count, o.error_code_list,
      o.receiver, case when o.success_count > 0 then o.window_start end,
      case when o.success_count > 0 then o.window_ordinal end, o.max_sends
    from outcome o where o.is_sent order by o.n
  ),
  due as materialized (
    select x.benefit_id, sum(x.success_count) as sent from outcome x where x.of_detail is not null group by x.benefit_id
  ),
  taken as (
    update benefit_template t
    set valid_total_num = t.valid_total_num - (select d.sent from due d where d.benefit_id = t.benefit_id)
    where t.user_id = p_user_id and t.benefit_id = any (array(select d.benefit_id from due d where d.sent > 0))
  )
  select o.error_code, case when o.error_code is null then o.results end from (
    select c.n, case
        when f.stored_content <> decode(c.content, 'hex') or not c.same_content or f.is_shared
          then 'isp.param-error:301'
        when f.stored_content is not null or t.n is not null then null
        when f.has_target then 'isv.param-error:226'
        else 'isv.param-error:295' end as error_code,
      coalesce(t.results, old.results) as results
    from command c
    join command f on f.n = c.first_n
    left join told t on t.n = c.first_n
    left join lateral (
      select json_agg(json_build_object('index_id', s.detail_id, 'success_count', s.success_count, 'failure_count',
        s.send_count - s.success_count, 'error_code_list', s.error_code_list) order by s.detail_id) as results
      from benefit_send_detail s
      where f.stored_content is not null and s.user_id = p_user_id and s.unique_id = c.unique_id
    ) old on true
  ) o order by o.n;
end $$;
