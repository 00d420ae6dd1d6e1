-- Decides on a batch of sends: every command with what it meets, once for each detail that it is decided for
-- (of_detail, null where there is none), and what arrives of that. The seller is locked.
create or replace function benefit_send_decide(p_user_id bigint, p_commands jsonb)
returns table (n bigint, first_n bigint, same_content boolean, unique_id text, content text, send_count integer,
  receiver bytea, receiver_sealed text, share_hash text, biz_id text, trace_id text, sent_at timestamptz,
  stored_content bytea, is_shared boolean, has_target boolean, of_detail bigint, benefit_id bigint, max_sends integer,
  window_start timestamptz, window_ordinal bigint, success_count integer, is_sent boolean, error_code_list text[])
language sql stable as $$
  -- Where stock runs out it is out for all that follow, so those that get nothing never stand before one that does.
  with paced as materialized (
    select p.*, case when p.window_start is not null then p.past_sends + row_number() over (
      partition by p.refusal is null, p.benefit_id, p.receiver, p.window_start order by p.n) end as window_ordinal
    from benefit_send_parts(p_user_id, p_commands) p
  ),
  judged as materialized (
    select p.*, case when p.refusal is not null then p.refusal
      when p.window_ordinal > p.max_sends then 'isp.param-error:100' end as error
    from paced p
  ),
  stocked as materialized (
    select j.*, case when j.of_detail is null or j.error is not null then 0
      else least(j.send_count, greatest(0, j.valid_total_num - coalesce(
        sum(j.send_count) filter (where j.error is null) over (
          partition by j.benefit_id order by j.n rows between unbounded preceding and 1 preceding), 0)))::integer
      end as success_count
    from judged j
  )
  select s.n, s.first_n, s.same_content, s.unique_id, s.content, s.send_count, s.receiver, s.receiver_sealed,
    s.share_hash, s.biz_id, s.trace_id, s.sent_at, s.stored_content, s.is_shared, s.has_target, s.of_detail,
    s.benefit_id, s.max_sends, s.window_start, s.window_ordinal, s.success_count,
    sum(s.success_count) over (partition by s.n) > 0,
    case
      -- Counted among too many only because of sends ahead that found nothing left: nothing is left for it either.
      when s.error = 'isp.param-error:100' and s.past_sends + coalesce(sum(least(s.success_count, 1)) over (
        partition by s.benefit_id, s.receiver, s.window_start order by s.n
        rows between unbounded preceding and 1 preceding), 0) < s.max_sends then array['isp.param-error:236']
      when s.error is not null then array[s.error]
      when s.success_count < s.send_count then array['isp.param-error:236']
      else '{}'::text[] end
  from stocked s
$$;
