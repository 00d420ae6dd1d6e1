-- Reversed redemptions can be followed: each is kept with its place among the redemptions, in order of commit.

create table voucher_reversal (
  mix_id text not null,
  change_sequence bigint not null check (change_sequence > reversal_sequence),
  reversal_sequence bigint not null check (reversal_sequence > 0),
  sequence bigint not null,
  reversed_at timestamptz not null,
  primary key (mix_id, change_sequence),
  unique (mix_id, reversal_sequence),
  foreign key (mix_id, sequence) references voucher_code
);
comment on table voucher_reversal is
  'Every reversal of a redemption, append-only. reversal_sequence: 1.. per batch without gaps, in order of commit. change_sequence: its place among redemptions and reversals together, which is its reversal_sequence and the redemptions given before it.';
-- How many reversals there were before a redemption.
create index voucher_reversal_before on voucher_reversal (mix_id, (change_sequence - reversal_sequence), reversal_sequence);

-- Those of before: a redemption that no code has any more was reversed, at the latest when its code was redeemed again or
-- changed last. It comes right before its code's next redemption, or after all of its batch.
insert into voucher_reversal (mix_id, change_sequence, reversal_sequence, sequence, reversed_at)
  select y.mix_id, y.before + y.n, y.n, y.sequence, y.reversed_at
  from (
    select x.*, row_number() over (partition by x.mix_id order by x.before, x.consume_sequence) as n
    from (
      select r.mix_id, r.sequence, r.consume_sequence, coalesce(lead(r.consumed_at) over again, c.gmt_modified) as reversed_at,
        coalesce(lead(r.consume_sequence) over again - 1, b.consume_sequence) as before,
        c.consume_sequence is distinct from r.consume_sequence as reversed
      from voucher_consumption r join voucher_code c on c.mix_id = r.mix_id and c.sequence = r.sequence
      join voucher_batch b on b.mix_id = r.mix_id
      window again as (partition by r.mix_id, r.sequence order by r.consume_sequence)
    ) x where x.reversed
  ) y;

-- As before, but reversals get their places. The batch is locked first, so they are given in the order of commits; where
-- one stands among the redemptions of its own batch of commands, the numbers given before it tell.
create or replace function voucher_operate_logged(p_mix_id text, p_commands jsonb, p_now timestamptz)
returns table (n integer, results jsonb) language plpgsql
set enable_seqscan = off as $$
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
      change.after || case when r.result ->> 1 is null then '{}' else jsonb_build_object('consume_sequence', r.result -> 1) end
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
  select done.n, done.results from done order by done.n;
end
$$;

-- Where a reader of a batch stands: the redemptions and the reversals behind it, by its cursor. p_both: whether the cursor
-- counts redemptions and reversals together, or redemptions alone.
create function voucher_change_place(p_mix_id text, p_cursor bigint, p_both boolean, out consumed bigint, out reversed bigint)
language plpgsql stable set enable_seqscan = off as $$
begin
  if p_both then
    select v.reversal_sequence into reversed from voucher_reversal v
      where v.mix_id = p_mix_id and v.change_sequence <= p_cursor order by v.change_sequence desc limit 1;
    reversed := coalesce(reversed, 0);
    consumed := p_cursor - reversed;
  else
    select v.reversal_sequence into reversed from voucher_reversal v
      where v.mix_id = p_mix_id and v.change_sequence - v.reversal_sequence < p_cursor
      order by v.change_sequence - v.reversal_sequence desc, v.reversal_sequence desc limit 1;
    reversed := coalesce(reversed, 0);
    consumed := p_cursor;
  end if;
end $$;

-- Redemptions that stand and reversals after such a place, in order of commit. A row's cursor counts both together. A code
-- that was redeemed again after its reversal is told by a later row: as reversed it is normal, and changed when it was.
create function voucher_changes(p_mix_id text, p_consumed bigint, p_reversed bigint, p_limit integer)
returns table (cursor bigint, sequence bigint, code_sealed bytea, code_status smallint, bound_time timestamptz,
  gmt_modified timestamptz, told_at timestamptz)
language sql stable as $$
  select e.consumed + coalesce(max(e.reversed) over (order by e.consumed, e.reversed nulls first), p_reversed),
    c.sequence, c.code_sealed, case when e.reversed is null or c.code_status <> 2 then c.code_status else 0 end,
    c.bound_time, case when e.reversed is null or c.code_status <> 2 then c.gmt_modified else e.reversed_at end,
    case when e.reversed is not null and c.code_status = 2 then e.reversed_at end
  from (
    (select v.consume_sequence as consumed, null::bigint as reversed, v.sequence, null::timestamptz as reversed_at
      from voucher_code v where v.mix_id = p_mix_id and v.consume_sequence > p_consumed
      order by v.consume_sequence limit p_limit)
    union all
    (select v.change_sequence - v.reversal_sequence, v.reversal_sequence, v.sequence, v.reversed_at
      from voucher_reversal v where v.mix_id = p_mix_id and v.change_sequence > p_consumed + p_reversed
      order by v.change_sequence limit p_limit)
    order by 1, 2 nulls first limit p_limit
  ) e cross join lateral (
    select x.* from voucher_code x where x.mix_id = p_mix_id and x.sequence = e.sequence limit 1
  ) c
  order by 1
$$;

create view audit_voucher_reversals (counter, key, counted, ledger) as
  select 'voucher_reversal.reversal_sequence of the ledger', b.mix_id, coalesce(r.reversals, 0), coalesce(l.codes, 0)::bigint
  from voucher_batch b
  left join (select mix_id, max(reversal_sequence) as reversals from voucher_reversal group by mix_id) r using (mix_id)
  left join (select mix_id, sum(codes) as codes from voucher_ledger where kind = 'reversed' group by mix_id) l using (mix_id);
