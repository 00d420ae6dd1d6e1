-- Batches of voucher codes (taobao.film.fcode.*, taobao.film.lottery.sendcode): codes are made, issued, bound,
-- consumed, reversed and voided. Everything of a batch is written under the lock of its row, taken first; mix_id is the
-- distribution column.

create table voucher_batch (
  mix_id text primary key check (length(mix_id) between 1 and 128),
  name text not null check (length(name) <= 200),
  description text check (length(description) <= 2000),
  status smallint not null default 1 check (status in (1, 2)),
  bind_begin_time timestamptz not null,
  coupon_expire_time timestamptz not null check (coupon_expire_time >= bind_begin_time),
  denomination bigint not null check (denomination >= 0),
  max_bind_count integer check (max_bind_count > 0),
  valid_duration_type text not null check (valid_duration_type in ('GENERAL', 'DAY')),
  valid_days integer check (valid_days between 1 and 36500),
  code_pattern text check (length(code_pattern) between 1 and 64),
  code_alphabet text check (length(code_alphabet) between 10 and 62),
  code_check boolean not null default false,
  gen_task_id bigint not null default 0,
  total_count bigint not null default 0 check (total_count >= 0),
  issue_sequence bigint not null default 0,
  issued_count bigint not null default 0,
  consume_sequence bigint not null default 0 check (consume_sequence >= 0),
  consumed_count bigint not null default 0,
  voided_count bigint not null default 0,
  check ((valid_duration_type = 'DAY') = (valid_days is not null)),
  check ((code_pattern is null) = (code_alphabet is null)),
  check (issue_sequence between 0 and total_count),
  check (issued_count between 0 and issue_sequence),
  check (consumed_count between 0 and consume_sequence),
  check (voided_count >= 0 and consumed_count + voided_count <= total_count)
);
comment on table voucher_batch is
  'A batch of codes. denomination in fen. max_bind_count: codes one user may bind, null without limit. status: 1 on '
  'shelf, 2 off shelf (neither issued nor bound; what is out may still be consumed). total_count: codes in the batch '
  'and the sequence given last. consume_sequence: the redemption number given last. Both grow only while the row is '
  'locked, until commit. code_pattern, code_alphabet, code_check: with a pattern the n-th code is computed from n and '
  'never stored; without one the codes are imported. issue_sequence: every code up to it is issued or was not to be '
  'had. issued_count, consumed_count, voided_count: codes that were issued, that stand consumed, that are voided.';
-- What goes on now is found by its end.
create index on voucher_batch (coupon_expire_time);

create table voucher_grant (
  mix_id text not null references voucher_batch,
  partner_code text not null check (length(partner_code) between 1 and 128),
  user_id bigint not null,
  primary key (mix_id, partner_code, user_id)
);
comment on table voucher_grant is 'Which user may export a batch, and as which partner.';

-- Codes come in only with an entry of the ledger, which refers to the batch and keeps it from going. A reference of
-- every code to its batch would double the time that making them takes.
create table voucher_code (
  mix_id text not null,
  sequence bigint not null check (sequence > 0),
  code_sealed bytea,
  code_hash bytea check (length(code_hash) = 32),
  code_status smallint not null default 0 check (code_status in (-2, 0, 2)),
  issued_at timestamptz,
  issue_ref text check (length(issue_ref) between 1 and 128),
  issued_to text check (length(issued_to) between 1 and 128),
  bound_time timestamptz,
  bound_hash bytea check (length(bound_hash) = 32),
  bound_sealed bytea,
  consume_sequence bigint check (consume_sequence > 0),
  gmt_modified timestamptz not null,
  primary key (mix_id, sequence),
  check ((code_sealed is null) = (code_hash is null)),
  check ((issued_at is null) = (issue_ref is null)),
  check (issued_to is null or issued_at is not null),
  check ((bound_hash is null) = (bound_sealed is null)),
  check (bound_hash is null or bound_time is not null),
  check ((code_status = 2) = (consume_sequence is not null))
);
comment on table voucher_code is
  'A code. sequence: 1..total_count of its batch, in order of commit. code_sealed, code_hash: null in a batch with a '
  'pattern, whose codes are computed. code_status: -2 voided, 0 normal, 2 consumed; expiry is computed when read. '
  'issued_at, issue_ref, issued_to: when, for which order or grant and to whom it was issued. bound_time, bound_hash, '
  'bound_sealed: when and by whom it was bound; null while unbound. consume_sequence: its redemption that stands; '
  'null again once that is reversed. gmt_modified: last stored change of status or binding.';
-- Codes that are not stored cost nothing here.
create unique index voucher_code_hash on voucher_code (mix_id, code_hash) where code_hash is not null;
-- CONSUME pages read this index: redemptions that stand, in order of commit, however many others there are.
create unique index voucher_code_consumed on voucher_code (mix_id, consume_sequence) where consume_sequence is not null;

create table voucher_ledger (
  mix_id text not null references voucher_batch,
  entry_no bigint generated always as identity,
  kind text not null check (kind in ('made', 'imported', 'issued', 'reversed', 'voided')),
  codes bigint not null check (codes > 0),
  ref text check (length(ref) <= 256),
  app_key text,
  entered_at timestamptz not null,
  primary key (mix_id, entry_no)
);
comment on table voucher_ledger is
  'What moved the counters of a batch, append-only. kind: made, imported (total_count), issued (issued_count), '
  'reversed (off consumed_count), voided (voided_count). ref: order, grant, job or operation. Redemptions have a '
  'ledger of their own, voucher_consumption.';

create table voucher_consumption (
  mix_id text not null,
  consume_sequence bigint not null check (consume_sequence > 0),
  sequence bigint not null,
  consumed_at timestamptz not null,
  primary key (mix_id, consume_sequence),
  foreign key (mix_id, sequence) references voucher_code
);
comment on table voucher_consumption is
  'Every redemption there was, append-only. consume_sequence: 1.. per batch without gaps, in order of commit. A '
  'reversal leaves its row here and takes consume_sequence off the code.';

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
  'Every reversal of a redemption, append-only. reversal_sequence: 1.. per batch without gaps, in order of commit. '
  'change_sequence: its place among redemptions and reversals together, which is its reversal_sequence and the '
  'redemptions given before it.';
-- How many reversals there were before a redemption.
create index voucher_reversal_before on voucher_reversal
  (mix_id, (change_sequence - reversal_sequence), reversal_sequence);

-- The limit of the batch is copied at each binding, so that the check itself holds it.
create table voucher_user (
  mix_id text not null references voucher_batch,
  user_hash bytea not null check (length(user_hash) = 32),
  bound_count integer not null check (bound_count >= 0),
  max_bind_count integer,
  primary key (mix_id, user_hash),
  check (bound_count <= max_bind_count)
);
comment on table voucher_user is
  'A user of a batch by keyed hash. bound_count: codes bound by the user and not voided. max_bind_count: limit of the '
  'batch when the user last bound, null without.';

create table voucher_operation (
  mix_id text not null,
  app_key text not null,
  unique_id text not null check (length(unique_id) between 1 and 128),
  content bytea not null,
  results jsonb not null,
  operated_at timestamptz not null,
  primary key (mix_id, app_key, unique_id)
);
comment on table voucher_operation is
  'Operations on codes (bind, consume, reverse, void) by the number their caller gave them. content: keyed hash of '
  'what was asked; results: what became of each code.';

create table voucher_order (
  mix_id text not null,
  app_key text not null,
  ext_order_id text not null check (length(ext_order_id) between 1 and 64),
  content bytea not null,
  sequences bigint[] not null,
  gmt_expire timestamptz not null,
  cost_price bigint not null,
  gen_task_id bigint not null,
  ordered_at timestamptz not null,
  primary key (mix_id, app_key, ext_order_id)
);
comment on table voucher_order is
  'Issues by order, one for each order number of an app and batch. content: keyed hash of what was asked. sequences: '
  'the codes, in the order of the answer; the rest is what the answer said of each.';

-- Orders stand with the codes of their batch, so that issuing touches one shard; that a number of an app serves for one
-- batch alone is decided here beforehand, on the shard of the app.
create table voucher_order_number (
  app_key text collate "C" not null,
  ext_order_id text collate "C" not null check (length(ext_order_id) between 1 and 64),
  mix_id text not null,
  primary key (app_key, ext_order_id)
);
comment on table voucher_order_number is
  'The batch that an order number of an app (the distribution column) was first asked for, whether codes were issued '
  'then or not. Rows never change.';

-- Wrong codes by caller: an app as a whole (caller '') and each user it names, by keyed hash.
create table voucher_guess (
  app_key text not null,
  caller text not null,
  window_start timestamptz not null,
  wrong integer not null check (wrong >= 0),
  locked_until timestamptz,
  primary key (app_key, caller)
);
comment on table voucher_guess is
  'Wrong codes named since window_start; locked_until: when the caller went over the limit, until when all its codes '
  'are refused.';
-- Whoever has kept still for a day is found without reading everybody else.
create index voucher_guess_start on voucher_guess (app_key, window_start);

-- Files of codes that are brought in.

create table voucher_import (
  mix_id text not null references voucher_batch,
  import_id text not null check (length(import_id) between 1 and 128),
  app_key text not null,
  skip_bad_lines boolean not null,
  state text not null default 'open' check (state in ('open', 'queued', 'done', 'refused')),
  delimiter text not null check (length(delimiter) = 1),
  code_column integer not null check (code_column >= 0),
  column_count integer check (column_count >= 0),
  quotes_open boolean not null default false,
  parts integer not null default 0,
  line_count bigint not null default 0,
  bad_count bigint not null default 0,
  imported_count bigint not null default 0,
  job_id bigint,
  created_at timestamptz not null,
  finished_at timestamptz,
  primary key (mix_id, import_id),
  check (imported_count + bad_count <= line_count)
);
comment on table voucher_import is
  'An import of codes. line_count: lines of the file, empty ones included. state: open (more parts may come), queued, '
  'done, refused (nothing was brought in). parts: how many came; the first tells how all are read.';
comment on column voucher_import.delimiter is 'What stands between the fields.';
comment on column voucher_import.code_column is 'The column of the codes, from 0.';
comment on column voucher_import.column_count is 'Columns of the heading, 0 when there is none.';
comment on column voucher_import.quotes_open is
  'Whether a part opened quotes that no line closed: nothing after it is read as a code.';

create table voucher_import_part (
  mix_id text not null,
  import_id text not null,
  part integer not null check (part > 0),
  content bytea not null,
  primary key (mix_id, import_id, part),
  foreign key (mix_id, import_id) references voucher_import
);
comment on table voucher_import_part is 'A part of an import. content: keyed hash, so that a part may be sent again.';

create table voucher_import_line (
  mix_id text not null,
  import_id text not null,
  line bigint not null,
  code_sealed bytea,
  code_hash bytea,
  problem text,
  first_line bigint,
  primary key (mix_id, import_id, line),
  check ((code_sealed is null) = (code_hash is null)),
  check (problem is not null or code_hash is not null)
);
comment on table voucher_import_line is
  'Lines of an import with a code: until it is settled all of them, then the bad ones. line: counted through all '
  'parts from 1. first_line: where a doubled code stands first.';

-- What a batch of operations is about (voucher_operate): each code of each command as an item, with the word and the
-- redemption number that it gets; the codes, sorted by sequence; and the users, by keyed hash in hex.
create type voucher_operation_items as (command integer[], sequence bigint[], word text[], number bigint[]);
create type voucher_operation_codes as (
  sequence bigint[], code_status smallint[], bound_time timestamptz[], bound_user text[], bound_sealed bytea[],
  consume_sequence bigint[], expire_time timestamptz[]
);
create type voucher_operation_users as (user_hash text[], had_count integer[], bound_count integer[], binds boolean[]);

create view audit_vouchers (counter, key, counted, ledger) as
with codes as (
  select mix_id, count(*) as total, count(issued_at) as issued, count(*) filter (where code_status = 2) as consumed,
    count(*) filter (where code_status = -2) as voided
  from voucher_code group by mix_id
), entries as (
  select mix_id, coalesce(sum(codes) filter (where kind in ('made', 'imported')), 0) as total,
    coalesce(sum(codes) filter (where kind = 'issued'), 0) as issued,
    coalesce(sum(codes) filter (where kind = 'reversed'), 0) as reversed,
    coalesce(sum(codes) filter (where kind = 'voided'), 0) as voided
  from voucher_ledger group by mix_id
), redeemed as (
  select mix_id, count(*) as redemptions from voucher_consumption group by mix_id
), skipped as (
  select key as mix_id, sum(skipped) as redemptions from counter_skip
  where counter = 'voucher_batch.consume_sequence' group by key
), every as (
  select b.*, coalesce(c.total, 0) as c_total, coalesce(c.issued, 0) as c_issued, coalesce(c.consumed, 0) as c_consumed,
    coalesce(c.voided, 0) as c_voided, coalesce(e.total, 0) as e_total, coalesce(e.issued, 0) as e_issued,
    coalesce(e.reversed, 0) as e_reversed, coalesce(e.voided, 0) as e_voided,
    coalesce(r.redemptions, 0) as redemptions, coalesce(s.redemptions, 0) as skipped_redemptions
  from voucher_batch b left join codes c using (mix_id) left join entries e using (mix_id)
  left join redeemed r using (mix_id) left join skipped s using (mix_id)
)
select x.counter, every.mix_id, x.counted, x.ledger::bigint from every, lateral (values
  ('voucher_batch.total_count of the ledger', total_count, e_total),
  ('voucher_batch.total_count of the codes', total_count, c_total),
  ('voucher_batch.issued_count of the ledger', issued_count, e_issued),
  ('voucher_batch.issued_count of the codes', issued_count, c_issued),
  ('voucher_batch.consume_sequence of the redemptions', consume_sequence, redemptions + skipped_redemptions),
  ('voucher_batch.consumed_count of the redemptions', consumed_count, redemptions - e_reversed),
  ('voucher_batch.consumed_count of the codes', consumed_count, c_consumed),
  ('voucher_batch.voided_count of the ledger', voided_count, e_voided),
  ('voucher_batch.voided_count of the codes', voided_count, c_voided)) as x (counter, counted, ledger)
union all
select 'voucher_user.bound_count',
  coalesce(u.mix_id, c.mix_id) || '/' || encode(coalesce(u.user_hash, c.bound_hash), 'hex'),
  coalesce(u.bound_count, 0), coalesce(c.bound, 0)
from voucher_user u full join (
  select mix_id, bound_hash, count(*) as bound from voucher_code
  where bound_hash is not null and code_status <> -2 group by mix_id, bound_hash
) c on c.mix_id = u.mix_id and c.bound_hash = u.user_hash;
comment on view audit_vouchers is
  'Every counter of the vouchers beside what its records add up to; unequal rows are faults.';

create view audit_voucher_reversals (counter, key, counted, ledger) as
  select 'voucher_reversal.reversal_sequence of the ledger', b.mix_id, coalesce(r.reversals, 0),
    coalesce(l.codes, 0)::bigint
  from voucher_batch b
  left join (select mix_id, max(reversal_sequence) as reversals from voucher_reversal group by mix_id) r using (mix_id)
  left join (
    select mix_id, sum(codes) as codes from voucher_ledger where kind = 'reversed' group by mix_id
  ) l using (mix_id);
comment on view audit_voucher_reversals is
  'By batch, the last reversal and the reversals of the ledger; unequal rows are faults.';
