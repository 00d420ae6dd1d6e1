-- Voucher batches, their codes, and the log of redemptions (taobao.film.fcode.export.query).

create table voucher_batch (
  mix_id text primary key check (length(mix_id) between 1 and 128),
  name text not null check (length(name) <= 200),
  description text check (length(description) <= 2000),
  bind_begin_time timestamptz not null,
  coupon_expire_time timestamptz not null check (coupon_expire_time >= bind_begin_time),
  denomination bigint not null check (denomination >= 0),
  max_bind_count integer check (max_bind_count > 0),
  valid_duration_type text not null check (valid_duration_type in ('GENERAL', 'DAY')),
  valid_days integer check (valid_days between 1 and 36500),
  total_count bigint not null default 0 check (total_count >= 0),
  consume_sequence bigint not null default 0 check (consume_sequence >= 0),
  check ((valid_duration_type = 'DAY') = (valid_days is not null))
);
comment on table voucher_batch is
  'A batch of codes. denomination in fen. max_bind_count: codes one user may bind, null without limit. total_count: codes in the batch and the sequence given last. consume_sequence: the redemption number given last. Both grow only while the row is locked, until commit.';

create table voucher_grant (
  mix_id text not null references voucher_batch,
  partner_code text not null check (length(partner_code) between 1 and 128),
  user_id bigint not null,
  primary key (mix_id, partner_code, user_id)
);
comment on table voucher_grant is 'Which user may export a batch, and as which partner.';

create table voucher_code (
  mix_id text not null references voucher_batch,
  sequence bigint not null check (sequence > 0),
  code_sealed bytea not null,
  code_hash bytea not null check (length(code_hash) = 32),
  code_status smallint not null default 0 check (code_status in (-2, 0, 2)),
  bound_time timestamptz,
  consume_sequence bigint check (consume_sequence > 0),
  gmt_modified timestamptz not null,
  primary key (mix_id, sequence),
  unique (mix_id, code_hash),
  check ((code_status = 2) = (consume_sequence is not null))
);
comment on table voucher_code is
  'A code. sequence: 1..total_count of its batch, in order of commit. code_status: -2 voided, 0 normal, 2 consumed; expiry is computed when read. bound_time: null while unbound. consume_sequence: its redemption that stands; null again once that is reversed. gmt_modified: last stored change.';

-- CONSUME pages read this index: redemptions that stand, in order of commit, however many others there are.
create unique index voucher_code_consumed on voucher_code (mix_id, consume_sequence) where consume_sequence is not null;

create table voucher_consumption (
  mix_id text not null,
  consume_sequence bigint not null check (consume_sequence > 0),
  sequence bigint not null,
  consumed_at timestamptz not null,
  primary key (mix_id, consume_sequence),
  foreign key (mix_id, sequence) references voucher_code
);
comment on table voucher_consumption is
  'Every redemption there was, append-only. consume_sequence: 1.. per batch without gaps, in order of commit. A reversal leaves its row here and takes consume_sequence off the code.';

-- Until when a code is valid, inclusive; readers and writers both ask this one rule. Days are exact 24 hours.
create function voucher_expire_time(valid_days integer, coupon_expire_time timestamptz, bound_time timestamptz)
returns timestamptz language sql stable parallel safe as $$
  select case when valid_days is null or bound_time is null then coupon_expire_time
    else bound_time + make_interval(hours => valid_days * 24) end
$$;

-- Redeems codes of one batch in the order given and returns those it redeemed; codes that are missing, voided, consumed,
-- expired or not yet redeemable at p_consumed_at are left out. The batch row stays locked until the caller's commit:
-- numbers are therefore given in the order of commits, and who sees a number sees all below it.
create function voucher_consume(p_mix_id text, p_sequences bigint[], p_consumed_at timestamptz)
returns table (sequence bigint, consume_sequence bigint) language plpgsql as $$
#variable_conflict use_column
declare
  batch voucher_batch;
  taken bigint[];
begin
  select * into batch from voucher_batch b where b.mix_id = p_mix_id for no key update;
  if not found or p_consumed_at < batch.bind_begin_time then
    return;
  end if;

  select array_agg(sequence order by n) into taken from (
    select c.sequence, wanted.n from voucher_code c
    join (select s, min(n) as n from unnest(p_sequences) with ordinality as u (s, n) group by s) wanted
      on wanted.s = c.sequence
    where c.mix_id = p_mix_id and c.code_status = 0
      and p_consumed_at <= voucher_expire_time(batch.valid_days, batch.coupon_expire_time, c.bound_time)
    order by c.sequence for no key update of c
  ) redeemable;
  if taken is null then
    return;
  end if;

  update voucher_batch b set consume_sequence = b.consume_sequence + cardinality(taken) where b.mix_id = p_mix_id;
  insert into voucher_consumption (mix_id, consume_sequence, sequence, consumed_at)
    select p_mix_id, batch.consume_sequence + n, t, p_consumed_at from unnest(taken) with ordinality as u (t, n);
  return query
    update voucher_code c
    set code_status = 2, consume_sequence = batch.consume_sequence + u.n, gmt_modified = p_consumed_at
    from unnest(taken) with ordinality as u (t, n)
    where c.mix_id = p_mix_id and c.sequence = u.t
    returning c.sequence, c.consume_sequence;
end
$$;
comment on function voucher_consume is
  'Redeems codes of one batch: batch (the distribution column), sequences in order, instant. One call serves many redemptions.';
