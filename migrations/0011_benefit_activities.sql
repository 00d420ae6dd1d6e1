-- Activities of sellers with the benefits that relate to them, what was sent of them, and the ledger of both
-- (taobao.promotion.benefit.activity.*, taobao.mobile.promotion.benefit.activity.*). Every table begins with the seller.

create table benefit_seller (
  user_id bigint primary key
);
comment on table benefit_seller is
  'Sellers with benefits. Whoever changes anything of a seller''s benefits holds this row first, so no two changes cross.';
insert into benefit_seller select user_id from benefit_template union select user_id from benefit_seller_type;

alter table benefit_template
  add column max_sends integer check (max_sends > 0),
  add column window_seconds integer check (window_seconds between 1 and 86400),
  add check ((max_sends is null) = (window_seconds is null)),
  add foreign key (user_id) references benefit_seller;
comment on column benefit_template.max_sends is
  'How often one receiver may be sent it in each window of window_seconds, counted from the epoch; null is no limit.';

create table benefit_adjustment (
  user_id bigint not null,
  benefit_id bigint not null,
  adjust_id text not null check (length(adjust_id) between 1 and 64),
  delta_total bigint not null,
  delta_valid bigint not null,
  delta_relate bigint not null default 0,
  total_after bigint not null,
  reason text not null check (length(reason) between 1 and 200),
  operator text not null check (length(operator) between 1 and 64),
  adjusted_at timestamptz not null,
  primary key (user_id, benefit_id, adjust_id),
  foreign key (user_id, benefit_id) references benefit_template
);
comment on table benefit_adjustment is
  'What changed the numbers of a template beside sends and relations: its opening and the changes of operators (operator: their app_key). total_after: total_num that then was. An adjust_id counts once.';
insert into benefit_adjustment (user_id, benefit_id, adjust_id, delta_total, delta_valid, delta_relate, total_after, reason,
  operator, adjusted_at)
select user_id, benefit_id, 'opening', total_num, valid_total_num, relate_activity_num, total_num, '期初', 'migration', now()
from benefit_template;

-- Ids of one's own begin above those of the documented examples.
create sequence benefit_relation_id start 1000000001 maxvalue 9007199254740991;
create sequence benefit_detail_id start 1000000001 maxvalue 9007199254740991;
create sequence benefit_send_id maxvalue 9007199254740991;

create table benefit_activity (
  user_id bigint not null references benefit_seller,
  relation_id bigint not null default nextval('benefit_relation_id') check (relation_id between 1 and 9007199254740991),
  name text not null check (length(name) <= 200),
  type text not null check (type = 'SEND'),
  activity_url text check (length(activity_url) <= 1000),
  "desc" text check (length("desc") <= 1000),
  start_time timestamptz(0) not null,
  end_time timestamptz(0) not null check (end_time >= start_time),
  status text not null check (status in ('VALID', 'DELETE')),
  content_hash bytea,
  created_at timestamptz not null,
  primary key (user_id, relation_id)
);
comment on table benefit_activity is
  'An activity of a seller, from start_time to end_time, both inclusive. content_hash: of the request that made it, by which a repeated one is known, until the activity is changed.';
create index benefit_activity_relation on benefit_activity (relation_id);
create index benefit_activity_content on benefit_activity (user_id, content_hash, created_at);

create table benefit_detail (
  user_id bigint not null,
  detail_id bigint not null default nextval('benefit_detail_id') check (detail_id between 1 and 9007199254740991),
  relation_id bigint not null,
  benefit_id bigint not null,
  status text not null check (status in ('VALID', 'DELETE')),
  primary key (user_id, detail_id),
  foreign key (user_id, relation_id) references benefit_activity,
  foreign key (user_id, benefit_id) references benefit_template
);
comment on table benefit_detail is
  'A benefit that relates to an activity; the living ones (VALID) are the ledger of relate_activity_num.';
create unique index benefit_detail_living on benefit_detail (user_id, relation_id, benefit_id) where status = 'VALID';
create index benefit_detail_relation on benefit_detail (user_id, relation_id, detail_id);

create table benefit_send (
  user_id bigint not null,
  unique_id text not null check (length(unique_id) between 1 and 128),
  send_id bigint not null,
  content_hash bytea not null check (length(content_hash) = 32),
  receiver_hash bytea not null check (length(receiver_hash) = 32),
  receiver_sealed bytea not null,
  share_hash bytea,
  biz_id text,
  trace_id text,
  sent_at timestamptz not null,
  primary key (user_id, unique_id)
);
create index benefit_send_order on benefit_send (user_id, send_id);
create index benefit_send_receiver on benefit_send (user_id, receiver_hash, send_id);
create unique index benefit_send_share on benefit_send (user_id, share_hash, receiver_hash) where share_hash is not null;
comment on table benefit_send is
  'Sends of which something arrived; unique_id is the seller''s key. content_hash: of what was asked. The receiver is hashed to be found and sealed to be shown. share_hash: the chain of sharing, on which a receiver is sent to once.';

-- No foreign key to the detail and its template: rows are written by benefit_send alone, which has read both under the
-- seller's lock.
create table benefit_send_detail (
  user_id bigint not null,
  unique_id text not null,
  detail_id bigint not null,
  benefit_id bigint not null,
  send_count integer not null check (send_count > 0),
  success_count integer not null check (success_count between 0 and send_count),
  error_code_list text[] not null,
  receiver_hash bytea not null,
  window_start timestamptz,
  window_ordinal integer check (window_ordinal > 0),
  max_sends integer,
  primary key (user_id, unique_id, detail_id),
  check (window_ordinal <= max_sends),
  check ((window_start is null) = (window_ordinal is null)),
  check ((success_count < send_count) = (error_code_list <> '{}'))
);
create unique index benefit_send_window on benefit_send_detail
  (user_id, benefit_id, receiver_hash, window_start, window_ordinal) where window_start is not null;
comment on table benefit_send_detail is
  'What a send gave of each benefit; success_count is the ledger of valid_total_num. window_ordinal: the how many-th send to the receiver in the window of the template''s limit, which bounds it.';

-- Sends of one seller in arrival order. A command bears: at (epoch ms), unique_id, content (hex), relation_id, detail_id,
-- config_id and benefit_type (either may be null), send_count, receiver_hash (hex), receiver_sealed (base64), share_hash
-- (hex or null), biz_id, trace_id. Answers one row a command, in order: error_code null and the result of each detail, or
-- the error code of a send that was refused whole. A send of which nothing arrived leaves no trace. The planner takes the
-- lists of a batch for much shorter than they are, so it is told to hash them, and to look tables up by their indexes.
create function benefit_send(p_user_id bigint, p_commands jsonb) returns table (error_code text, results json)
language plpgsql set enable_seqscan = off set enable_nestloop = off as $$
begin
  perform from benefit_seller where user_id = p_user_id for no key update;
  return query
  with command as materialized (
    select c.*, first_value(n) over same_key as first_n, first_value(content) over same_key = content as same_content
    from rows from (jsonb_to_recordset(p_commands) as (at bigint, unique_id text, content text, relation_id bigint,
        detail_id bigint, config_id bigint, benefit_type text, send_count integer, receiver_hash text, receiver_sealed text,
        share_hash text, biz_id text, trace_id text)) with ordinality
      as c (at, unique_id, content, relation_id, detail_id, config_id, benefit_type, send_count, receiver_hash,
        receiver_sealed, share_hash, biz_id, trace_id, n)
    window same_key as (partition by c.unique_id order by n)
  ),
  -- The first command of each key, with the stored send of that key and, on a chain of sharing, of that receiver.
  first as materialized (
    select c.*, to_timestamp(c.at / 1000.0) as sent_at, decode(c.receiver_hash, 'hex') as receiver,
      stored.content_hash as stored_content,
      c.share_hash is not null and (coalesce(shared.found, false)
        or row_number() over (partition by c.share_hash, c.receiver_hash order by c.n) > 1) as is_shared
    from command c
    left join lateral (
      select s.content_hash from benefit_send s where s.user_id = p_user_id and s.unique_id = c.unique_id limit 1
    ) stored on true
    left join lateral (
      select true as found from benefit_send s
      where s.user_id = p_user_id and s.share_hash = decode(c.share_hash, 'hex')
        and s.receiver_hash = decode(c.receiver_hash, 'hex') and s.unique_id <> c.unique_id limit 1
    ) shared on true
    where c.n = c.first_n
  ),
  -- What each pair of relation and detail that was asked for means: one detail, or all living ones of the relation.
  target as materialized (
    select asked.*, d.detail_id, d.benefit_id, t.config_id, t.benefit_type, t.status, t.valid_total_num, t.max_sends,
      t.window_seconds, greatest(a.start_time, t.start_time) as from_time, least(a.end_time, t.end_time) as to_time
    from (select distinct coalesce(f.relation_id, 0) as asked_relation, coalesce(f.detail_id, 0) as asked_detail from first f) asked
    cross join lateral (
      select * from benefit_detail x where x.user_id = p_user_id and x.detail_id = asked_detail
        and asked_relation in (0, x.relation_id) and x.status = 'VALID'
      union all
      select * from benefit_detail x where asked_detail = 0 and x.user_id = p_user_id and x.relation_id = asked_relation
        and x.status = 'VALID'
    ) d
    cross join lateral (
      select * from benefit_activity x where x.user_id = p_user_id and x.relation_id = d.relation_id limit 1
    ) a
    cross join lateral (
      select x.*, y.benefit_type from benefit_template x join benefit_type y using (config_id)
      where x.user_id = p_user_id and x.benefit_id = d.benefit_id limit 1
    ) t
  ),
  -- Every detail of every send that is to be decided; those of another type than asked for are not meant.
  part as materialized (
    select f.*, t.detail_id as of_detail, t.benefit_id, t.valid_total_num, t.max_sends,
      to_timestamp(floor(f.at / (1000.0 * t.window_seconds)) * t.window_seconds) as window_start,
      case
        when f.sent_at < t.from_time then 'isp.param-error:236'
        when f.sent_at > t.to_time then 'isv.param-error:226'
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
        when s.error = 'isp.param-error:100' and s.past_sends + coalesce(sum(least(s.success_count, 1)) over (partition by
          s.benefit_id, s.receiver, s.window_start order by s.n rows between unbounded preceding and 1 preceding), 0) < s.max_sends
          then array['isp.param-error:236']
        when s.error is not null then array[s.error]
        when s.success_count < s.send_count then array['isp.param-error:236']
        else '{}'::text[] end as error_code_list
    from stocked s
  ),
  told as materialized (
    select o.n, json_agg(json_build_object('index_id', o.of_detail, 'success_count', o.success_count,
        'failure_count', o.send_count - o.success_count, 'error_code_list', o.error_code_list) order by o.of_detail) as results
    from outcome o group by o.n
  ),
  sent as (
    insert into benefit_send (user_id, unique_id, send_id, content_hash, receiver_hash, receiver_sealed, share_hash, biz_id,
      trace_id, sent_at)
    select p_user_id, o.unique_id, nextval('benefit_send_id'), decode(o.content, 'hex'), o.receiver,
      decode(o.receiver_sealed, 'base64'), decode(o.share_hash, 'hex'), o.biz_id, o.trace_id, o.sent_at
    from (select distinct on (x.n) x.* from outcome x where x.is_sent order by x.n) o
  ),
  sent_detail as (
    insert into benefit_send_detail (user_id, unique_id, detail_id, benefit_id, send_count, success_count, error_code_list,
      receiver_hash, window_start, window_ordinal, max_sends)
    select p_user_id, o.unique_id, o.of_detail, o.benefit_id, o.send_count, o.success_count, o.error_code_list, o.receiver,
      case when o.success_count > 0 then o.window_start end, case when o.success_count > 0 then o.window_ordinal end, o.max_sends
    from outcome o where o.is_sent order by o.n
  ),
  taken as (
    update benefit_template t set valid_total_num = t.valid_total_num - o.sent
    from (select x.benefit_id, sum(x.success_count) as sent from outcome x group by x.benefit_id) o
    where t.user_id = p_user_id and t.benefit_id = o.benefit_id and o.sent > 0
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
      'failure_count', s.send_count - s.success_count, 'error_code_list', s.error_code_list) order by s.detail_id) as results
    from benefit_send_detail s where f.stored_content is not null and s.user_id = p_user_id and s.unique_id = c.unique_id
  ) old on true
  order by c.n;
end $$;

create view audit_benefits as
select 'benefit_template.total_num' as counter, t.user_id || '/' || t.benefit_id as key, t.total_num as counted,
  coalesce(a.total, 0)::bigint as ledger
from benefit_template t
left join (select user_id, benefit_id, sum(delta_total) as total from benefit_adjustment group by user_id, benefit_id) a
  using (user_id, benefit_id)
union all
select 'benefit_template.valid_total_num', t.user_id || '/' || t.benefit_id, t.valid_total_num,
  (coalesce(a.valid, 0) - coalesce(s.sent, 0))::bigint
from benefit_template t
left join (select user_id, benefit_id, sum(delta_valid) as valid from benefit_adjustment group by user_id, benefit_id) a
  using (user_id, benefit_id)
left join (select user_id, benefit_id, sum(success_count) as sent from benefit_send_detail group by user_id, benefit_id) s
  using (user_id, benefit_id)
union all
select 'benefit_template.relate_activity_num', t.user_id || '/' || t.benefit_id, t.relate_activity_num,
  (coalesce(a.relate, 0) + coalesce(d.living, 0))::bigint
from benefit_template t
left join (select user_id, benefit_id, sum(delta_relate) as relate from benefit_adjustment group by user_id, benefit_id) a
  using (user_id, benefit_id)
left join (select user_id, benefit_id, count(*) as living from benefit_detail where status = 'VALID' group by user_id, benefit_id) d
  using (user_id, benefit_id);
comment on view audit_benefits is 'Every counter of the benefits beside the sum of its ledger; unequal rows are faults.';
