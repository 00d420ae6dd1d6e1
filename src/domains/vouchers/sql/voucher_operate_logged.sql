-- Operates like voucher_operate for the commands of many callers at once, each of which bears its writer {actor,
-- method, request_id}: what became of every code goes into the log with them, and reversals get their places. A
-- repeated command changes nothing and is not logged again. The batch is locked before it is looked which commands are
-- new (another process may be carrying the same ones out), so places are given in the order of commits; where a
-- reversal stands among the redemptions of its own batch of commands, the numbers given before it tell.
create or replace function voucher_operate_logged(p_mix_id text, p_commands jsonb, p_now timestamptz)
returns table (results jsonb)
language plpgsql set enable_seqscan = off as $$
#variable_conflict use_column
declare
  redeemed bigint;
  reverses boolean := p_commands @? '$[*] ? (@.kind == "reverse")';
begin
  select b.consume_sequence into redeemed from voucher_batch b where b.mix_id = p_mix_id for no key update;
  return query
  with command as materialized (
    select c.n::integer as n, c.d,
      row_number() over (partition by d ->> 'app_key', coalesce(d ->> 'unique_id', '#' || c.n) order by c.n) = 1
      and (select o.mix_id from voucher_operation o where o.mix_id = p_mix_id and o.app_key = d ->> 'app_key'
        and o.unique_id = d ->> 'unique_id') is null as fresh
    from jsonb_array_elements(p_commands) with ordinality as c (d, n)
  ),
  done as materialized (select o.n, o.results from voucher_operate(p_mix_id, p_commands, p_now) o),
  reversed as (
    insert into voucher_reversal (mix_id, change_sequence, reversal_sequence, sequence, reversed_at)
    select p_mix_id, x.before + x.no, x.no, x.sequence, p_now
    from (
      select u.sequence, u.before, coalesce((
          select max(v.reversal_sequence) from voucher_reversal v where v.mix_id = p_mix_id), 0)
        + row_number() over (order by u.n, u.k) as no
      from (
        select command.n, k, d ->> 'kind' as kind, r.result ->> 0 as word, s.sequence::bigint as sequence,
          greatest(redeemed, max((r.result ->> 1)::bigint) over (order by command.n, k)) as before
        from done join command using (n)
        cross join jsonb_array_elements(done.results) with ordinality as r (result, k)
        join jsonb_array_elements_text(d -> 'sequences') with ordinality as s (sequence, k) using (k)
        where reverses and fresh
      ) u
      where u.kind = 'reverse' and u.word = 'OK'
    ) x
  ),
  logged as (
    insert into change_log (changed_at, actor, method, request_id, action, thing, thing_key, changed, before, after)
    select p_now, d -> 'writer' ->> 'actor', d -> 'writer' ->> 'method', d -> 'writer' ->> 'request_id', 'update',
      'voucher_code', p_mix_id || '/' || s.sequence, change.columns, change.before,
      change.after || case when r.result ->> 1 is null then '{}' else jsonb_build_object('consume_sequence',
        r.result -> 1) end
    from done join command using (n)
    cross join jsonb_array_elements(done.results) with ordinality as r (result, k)
    join jsonb_array_elements_text(d -> 'sequences') with ordinality as s (sequence, k) using (k)
    join (values
      ('bind', '{bound_time}'::text[], '{"bound": false}'::jsonb, '{"bound": true}'::jsonb),
      ('consume', '{code_status,consume_sequence}', '{"code_status": 0}', '{"code_status": 2}'),
      ('reverse', '{code_status,consume_sequence}', '{"code_status": 2}', '{"code_status": 0}'),
      ('void', '{code_status}', '{"code_status": 0}', '{"code_status": -2}')
    ) as change (kind, columns, before, after) on change.kind = d ->> 'kind'
    where fresh and r.result ->> 0 = 'OK' and d ? 'writer'
  )
  select done.results from done order by done.n;
end
$$;
