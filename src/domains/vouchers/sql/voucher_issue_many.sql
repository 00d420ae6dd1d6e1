-- Issues codes of one batch to many takers in their order. p_takes: [{"count": n, "ref": …, "user": … or null,
-- "partial": true or absent}, …]; a take gets all its codes or none, a partial one what there is. In place of one
-- "user" a take may list "users", who share its codes evenly, the first codes for the first. Codes go out in sequence
-- order, those bound, consumed or voided already are passed over. Nothing is issued off shelf or once
-- coupon_expire_time is over. take_no counts from 1; the rows may come in any order. The caller answers for
-- idempotency: each call issues.
create or replace function voucher_issue_many(p_mix_id text, p_takes jsonb, p_issued_at timestamptz)
returns table (take_no integer, sequence bigint, code_sealed bytea)
language plpgsql set enable_seqscan = off as $$
#variable_conflict use_column
declare
  batch voucher_batch;
  free bigint[];
  wanted bigint;
  used integer := 0; given integer; n integer := 0;
  take jsonb;
  counts integer[] := '{}';
  -- of each code issued, by its place in free
  takes integer[] := '{}'; refs text[] := '{}'; users text[] := '{}';
begin
  select * into batch from voucher_batch b where b.mix_id = p_mix_id for no key update;
  if not found or batch.status <> 1 or period_over(batch.coupon_expire_time, p_issued_at) then
    return;
  end if;
  select coalesce(sum((t ->> 'count')::bigint), 0) into wanted from jsonb_array_elements(p_takes) t;
  select coalesce(array_agg(f.sequence order by f.sequence), '{}') into free
    from (
      select c.sequence from voucher_code c
      where c.mix_id = p_mix_id and c.sequence > batch.issue_sequence
        and c.code_status = 0 and c.issued_at is null and c.bound_time is null
      order by c.sequence limit wanted) f;

  for take in select * from jsonb_array_elements(p_takes) loop
    n := n + 1;
    given := (take ->> 'count')::integer;
    if used + given > cardinality(free) then
      given := case when (take ->> 'partial')::boolean then cardinality(free) - used else 0 end;
    end if;
    for k in 0 .. given - 1 loop
      takes := takes || n;
      refs := refs || (take ->> 'ref');
      users := users || case when take ? 'users'
        then take -> 'users' ->> (k * jsonb_array_length(take -> 'users') / given) else take ->> 'user' end;
    end loop;
    counts := counts || given;
    used := used + given;
  end loop;

  update voucher_batch b set issued_count = b.issued_count + used, issue_sequence = case
      when used < cardinality(free) then free[used + 1] - 1
      when cardinality(free) < wanted then b.total_count
      else coalesce(free[used], b.issue_sequence) end
    where b.mix_id = p_mix_id;
  if used = 0 then
    return;
  end if;
  insert into voucher_ledger (mix_id, kind, codes, ref, entered_at)
    select p_mix_id, 'issued', counts[x.n], t ->> 'ref', p_issued_at
    from jsonb_array_elements(p_takes) with ordinality as x (t, n) where counts[x.n] > 0;
  return query
    update voucher_code c
    set issued_at = p_issued_at, issue_ref = coalesce(refs[width_bucket(c.sequence, free)], null),
      issued_to = coalesce(users[width_bucket(c.sequence, free)], null)
    where c.mix_id = p_mix_id and c.sequence between free[1] and free[used] and c.sequence = any (free[:used])
    returning takes[width_bucket(c.sequence, free)], c.sequence,
      voucher_handle(batch, c.sequence, c.code_hash || c.code_sealed);
end
$$;
