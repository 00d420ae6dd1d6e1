-- Receiving plans (alibaba.ai.content.business.send.plan.receive), charging memberships (…supply.charge) and the ledger
-- of both. Every table begins with what is counted: the plan, or the business code.

alter table sendplan
  add column day_limit integer check (day_limit > 0),
  add column status smallint not null default 1 check (status in (1, 2));
comment on table sendplan is
  'A plan that users of its circle may receive from start_time to end_time, both inclusive. count_limit: receives a user; day_limit: receives a user and day of GMT+8; null is no limit. status: 1 on shelf, 2 off shelf.';

alter table sendplan_item add column valid_days integer check (valid_days between 1 and 3660);
comment on column sendplan_item.valid_days is 'How long what was received holds, in days of 24 hours; null is until the end of the plan.';

create table sendplan_adjustment (
  plan_id bigint not null,
  item_id bigint not null,
  adjust_id text not null check (length(adjust_id) between 1 and 64),
  delta_total bigint not null,
  delta_consumed bigint not null default 0,
  total_after bigint not null,
  reason text not null check (length(reason) between 1 and 200),
  operator text not null check (length(operator) between 1 and 64),
  adjusted_at timestamptz not null,
  primary key (plan_id, item_id, adjust_id),
  foreign key (plan_id, item_id) references sendplan_item
);
comment on table sendplan_adjustment is
  'What changed the inventory of an item beside receipts, in units: its opening and the changes of operators (operator: their app_key). total_after: the total that then was. An adjust_id counts once.';
insert into sendplan_adjustment
  (plan_id, item_id, adjust_id, delta_total, delta_consumed, total_after, reason, operator, adjusted_at)
select plan_id, id, 'opening', coalesce(total_inventory, 0), consumed_inventory, coalesce(total_inventory, 0), '期初', 'migration', now()
from sendplan_item;

create sequence sendplan_receipt_id maxvalue 9007199254740991;

-- No foreign key to plan and item: receipts are written by sendplan_receive alone, which has locked the plan and read its
-- items, and a check per row would cost more than the receive itself.
create table sendplan_receipt (
  plan_id bigint not null,
  receipt_id bigint not null default nextval('sendplan_receipt_id'),
  request_id text check (length(request_id) between 1 and 64),
  user_hash bytea not null check (length(user_hash) = 32),
  user_sealed bytea not null,
  circle_content text not null,
  item_id bigint not null,
  item_name text not null,
  units integer not null check (units > 0),
  start_time timestamptz(0) not null,
  end_time timestamptz(0) not null,
  user_ordinal integer not null check (user_ordinal > 0),
  count_limit integer,
  receive_day date not null,
  day_ordinal integer not null check (day_ordinal between 1 and user_ordinal),
  day_limit integer,
  received_at timestamptz not null,
  primary key (plan_id, receipt_id),
  unique (plan_id, user_hash, user_ordinal),
  unique (plan_id, request_id),
  check (user_ordinal <= count_limit),
  check (day_ordinal <= day_limit)
);
create unique index sendplan_receipt_day on sendplan_receipt (plan_id, user_hash, receive_day, day_ordinal)
  where day_limit is not null;
comment on table sendplan_receipt is
  'What users received; the ledger of consumed_inventory. user_ordinal: the how many-th receive of the user, day_ordinal: that of the user on receive_day (GMT+8); with the limits of that time they bound what one user gets. request_id: the partner''s key of the request, if it gave one. The user is hashed to be found and sealed to be shown.';

-- Receives of one plan in arrival order. A command bears: at (epoch ms), isv_id, circle_id, circle_content, user_hash
-- (hex), user_sealed (base64), request_id, draw (a number from 0 to below 1). Answers one row a command, in order;
-- outcome is the ret_code of the method. The planner takes the lists of a batch for much shorter than they are, so it is
-- told to hash them, and to look tables up by their indexes.
create function sendplan_receive(p_plan_id bigint, p_commands jsonb)
returns table (outcome integer, receipt_id bigint, item_id bigint, item_name text, units integer,
  start_time timestamptz, end_time timestamptz)
language plpgsql set enable_seqscan = off set enable_nestloop = off as $$
declare
  plan sendplan;
  -- The items, by their place.
  ids bigint[]; names text[]; weights bigint[]; needs integer[]; lefts bigint[]; days integer[];
  taken bigint[];
  -- The commands, by their place.
  ats timestamptz[]; places integer[]; contents text[]; hashes text[]; sealeds text[]; requests text[]; draws float8[];
  users integer[]; request_places integer[];
  known_counts integer[]; known_days date[]; known_day_counts integer[]; known_receipts bigint[]; same boolean[];
  -- What is known of each user of the batch, and the first grant of each request_id.
  counts integer[]; last_days date[]; day_counts integer[]; first_grants integer[];
  -- What was decided of each command: its outcome, the item's place, and the command that it repeats.
  outcomes integer[]; chosen integer[]; repeats integer[]; ordinals integer[]; receive_days date[];
  day_ordinals integer[];
  today date; open_weight bigint; mark float8; item integer; size integer; u integer; r integer;
begin
  select * into plan from sendplan where id = p_plan_id for no key update;
  select array_agg(i.id order by i.id), array_agg(i.name order by i.id), array_agg(i.weight order by i.id),
    array_agg(coalesce(i.consume_inventory, 1) order by i.id), array_agg(i.total_inventory - i.consumed_inventory order by i.id),
    array_agg(i.valid_days order by i.id), array_agg(0 order by i.id)
  into ids, names, weights, needs, lefts, days, taken
  from sendplan_item i where i.plan_id = p_plan_id;

  select array_agg(to_timestamp(c.at / 1000.0) order by c.n),
    array_agg(case
      when not exists (select from sendplan_isv v where v.isv_id = c.isv_id) then 1001
      when circle.circle_contents is null then 1002
      when circle.circle_contents <> '{}' and c.circle_content <> all (circle.circle_contents) then 1003
      when c.isv_id is distinct from plan.isv_id or c.circle_id is distinct from plan.circle_id then 1004
      else 0 end order by c.n),
    array_agg(c.circle_content order by c.n), array_agg(c.user_hash order by c.n), array_agg(c.user_sealed order by c.n),
    array_agg(c.request_id order by c.n), array_agg(c.draw order by c.n),
    array_agg(c.user_place order by c.n), array_agg(case when c.request_id is not null then c.request_place end order by c.n),
    array_agg(last.user_ordinal order by c.n), array_agg(last.receive_day order by c.n),
    array_agg(last.day_ordinal order by c.n),
    array_agg(stored.receipt_id order by c.n), array_agg(stored.same order by c.n)
  into ats, places, contents, hashes, sealeds, requests, draws, users, request_places,
    known_counts, known_days, known_day_counts, known_receipts, same
  from (
    select *, dense_rank() over (order by user_hash) as user_place, dense_rank() over (order by request_id) as request_place
    from rows from (jsonb_to_recordset(p_commands) as (at bigint, isv_id bigint, circle_id bigint, circle_content text,
      user_hash text, user_sealed text, request_id text, draw float8)) with ordinality
      as x (at, isv_id, circle_id, circle_content, user_hash, user_sealed, request_id, draw, n)
  ) c
  left join lateral (
    select k.circle_contents from sendplan_circle k where k.isv_id = c.isv_id and k.circle_id = c.circle_id limit 1
  ) circle on true
  left join lateral (
    select s.user_ordinal, s.receive_day, s.day_ordinal from sendplan_receipt s
    where s.plan_id = p_plan_id and s.user_hash = decode(c.user_hash, 'hex') order by s.user_ordinal desc limit 1
  ) last on true
  left join lateral (
    select s.receipt_id, s.user_hash = decode(c.user_hash, 'hex') and s.circle_content = c.circle_content as same
    from sendplan_receipt s where s.plan_id = p_plan_id and s.request_id = c.request_id limit 1
  ) stored on true;

  size := cardinality(ats);
  outcomes := array_fill(0, array[size]);
  chosen := array_fill(null::integer, array[size]);
  repeats := chosen; ordinals := chosen; day_ordinals := chosen; receive_days := array_fill(null::date, array[size]);
  counts := chosen; last_days := array_fill(null::date, array[size]); day_counts := chosen; first_grants := chosen;

  for i in 1 .. size loop
    r := request_places[i];
    -- A request_id that was granted gets its receipt again, whatever has changed since.
    if known_receipts[i] is not null then
      if not same[i] then outcomes[i] := 1011; end if;
      continue;
    elsif r is not null and first_grants[r] is not null then
      if hashes[first_grants[r]] = hashes[i] and contents[first_grants[r]] = contents[i] and places[i] = 0
      then repeats[i] := first_grants[r];
      else outcomes[i] := 1011; end if;
      continue;
    end if;
    if places[i] <> 0 then outcomes[i] := places[i]; continue; end if;
    if plan.status <> 1 then outcomes[i] := 1007; continue; end if;
    if ats[i] < plan.start_time then outcomes[i] := 1005; continue; end if;
    if ats[i] > plan.end_time then outcomes[i] := 1006; continue; end if;
    u := users[i];
    if counts[u] is null then
      counts[u] := coalesce(known_counts[i], 0);
      last_days[u] := known_days[i];
      day_counts[u] := known_day_counts[i];
    end if;
    if counts[u] >= plan.count_limit then outcomes[i] := 1008; continue; end if;
    -- A server whose clock is behind counts on the later day.
    today := greatest((ats[i] at time zone interval '08:00')::date, last_days[u]);
    if today is distinct from last_days[u] then
      last_days[u] := today;
      day_counts[u] := 0;
    end if;
    if day_counts[u] >= plan.day_limit then outcomes[i] := 1009; continue; end if;

    open_weight := 0;
    for j in 1 .. coalesce(cardinality(ids), 0) loop
      if lefts[j] is null or lefts[j] >= needs[j] then open_weight := open_weight + weights[j]; end if;
    end loop;
    if open_weight = 0 then outcomes[i] := 1010; continue; end if;
    mark := draws[i] * open_weight;
    for j in 1 .. cardinality(ids) loop
      if weights[j] > 0 and (lefts[j] is null or lefts[j] >= needs[j]) then
        item := j;
        mark := mark - weights[j];
        exit when mark < 0;
      end if;
    end loop;
    chosen[i] := item;
    lefts[item] := lefts[item] - needs[item];
    taken[item] := taken[item] + needs[item];
    counts[u] := counts[u] + 1;
    day_counts[u] := day_counts[u] + 1;
    ordinals[i] := counts[u];
    day_ordinals[i] := day_counts[u];
    receive_days[i] := today;
    if r is not null then first_grants[r] := i; end if;
  end loop;

  update sendplan_item i set consumed_inventory = i.consumed_inventory + t.taken
  from unnest(ids, taken) as t (id, taken) where i.plan_id = p_plan_id and i.id = t.id and t.taken > 0;

  return query
  with decided as materialized (
    select d.*, case when d.item is not null then nextval('sendplan_receipt_id') end as fresh_id,
      date_trunc('second', d.at) as from_time,
      coalesce(date_trunc('second', d.at) + make_interval(hours => 24 * days[d.item]), plan.end_time) as to_time
    from unnest(outcomes, chosen, repeats, ordinals, receive_days, day_ordinals, ats, contents, hashes, sealeds, requests,
        known_receipts) with ordinality
      as d (outcome, item, repeat, ordinal, day, day_ordinal, at, content, hash, sealed, request_id, known_receipt, n)
  ), written as (
    insert into sendplan_receipt (plan_id, receipt_id, request_id, user_hash, user_sealed, circle_content, item_id, item_name,
      units, start_time, end_time, user_ordinal, count_limit, receive_day, day_ordinal, day_limit, received_at)
    select p_plan_id, d.fresh_id, d.request_id, decode(d.hash, 'hex'), decode(d.sealed, 'base64'), d.content, ids[d.item],
      names[d.item], needs[d.item], d.from_time, d.to_time, d.ordinal, plan.count_limit, d.day, d.day_ordinal, plan.day_limit,
      d.at
    from decided d where d.item is not null order by d.n
  )
  select d.outcome, coalesce(g.fresh_id, s.receipt_id), coalesce(ids[g.item], s.item_id), coalesce(names[g.item], s.item_name),
    coalesce(needs[g.item], s.units), coalesce(g.from_time, s.start_time), coalesce(g.to_time, s.end_time)
  from decided d
  left join decided g on g.n = coalesce(d.repeat, d.n) and g.item is not null
  left join lateral (
    select * from sendplan_receipt x
    where x.plan_id = p_plan_id and x.receipt_id = d.known_receipt and d.outcome = 0 limit 1
  ) s on true
  order by d.n;
end $$;

create table sendplan_biz (
  biz_code text primary key check (length(biz_code) between 1 and 64),
  source text not null check (length(source) between 1 and 64),
  perform_type smallint not null check (perform_type in (1, 2, 3)),
  auto_renew boolean not null,
  status smallint not null check (status in (1, 2)),
  secret_sealed bytea not null,
  private_key_sealed bytea not null,
  public_key text not null check (length(public_key) <= 2000)
);
comment on table sendplan_biz is
  'What partners may charge: memberships of a source by the month (perform_type 1), quarter (2) or year (3), renewed by themselves or not. status: 1 open, 2 closed. secret_sealed: signs the charges; the RSA pair hides the phone numbers under way.';
create index sendplan_biz_source on sendplan_biz (source, perform_type);

create table sendplan_vip (
  biz_code text not null references sendplan_biz,
  member_hash bytea not null check (length(member_hash) = 32),
  member_sealed bytea not null,
  charge_count integer not null check (charge_count > 0),
  start_time timestamptz(0) not null,
  end_time timestamptz(0) not null check (end_time > start_time),
  renewing boolean not null,
  primary key (biz_code, member_hash)
) with (fillfactor = 70);
comment on table sendplan_vip is
  'Memberships. start_time, end_time: the period that the charges have paid without a gap. renewing: whether the contract goes on after it. The member is hashed to be found and sealed to be shown.';

create table sendplan_charge (
  biz_code text not null references sendplan_biz,
  order_no text not null check (length(order_no) between 16 and 64),
  member_hash bytea not null,
  start_time timestamptz(0) not null,
  end_time timestamptz(0) not null check (end_time > start_time),
  charged_at timestamptz not null,
  primary key (biz_code, order_no),
  foreign key (biz_code, member_hash) references sendplan_vip
);
comment on table sendplan_charge is 'What partners charged; the ledger of sendplan_vip.charge_count. start_time, end_time: the period it paid for.';

-- An instant some periods later on the calendar of GMT+8: months, quarters or years by perform_type.
create function sendplan_months_later(p_at timestamptz, p_perform_type smallint, p_times integer) returns timestamptz
language sql immutable as $$
  select (p_at at time zone interval '08:00' + make_interval(months => p_times * (array[1, 3, 12])[p_perform_type]))
    at time zone interval '08:00'
$$;

-- Charges of one business code in arrival order. A command bears: at (epoch ms), order_no, member_hash (hex),
-- member_sealed (base64). Answers one number a command, in order: 0 charged, 2005 the order_no was used for another phone.
create function sendplan_charge(p_biz_code text, p_commands jsonb) returns setof integer
language plpgsql set enable_seqscan = off set enable_nestloop = off as $$
declare
  biz sendplan_biz;
begin
  select * into biz from sendplan_biz b where b.biz_code = p_biz_code for no key update;
  return query
  with command as materialized (
    select c.order_no, decode(c.member_hash, 'hex') as member, c.member_sealed, to_timestamp(c.at / 1000) as at, n,
      row_number() over (partition by c.order_no order by n) as turn,
      first_value(c.member_hash) over (partition by c.order_no order by n) = c.member_hash as same
    from rows from (jsonb_to_recordset(p_commands) as (at bigint, order_no text, member_hash text, member_sealed text))
      with ordinality as c (at, order_no, member_hash, member_sealed, n)
  ), known as materialized (
    select c.*, stored.member_hash as stored_member from command c
    left join lateral (
      select s.member_hash from sendplan_charge s where s.biz_code = p_biz_code and s.order_no = c.order_no limit 1
    ) stored on true
  ), fresh as materialized (
    select k.*, row_number() over (partition by k.member order by k.n) as nth,
      -- What is charged while a membership runs follows it; else it begins now.
      first_value(k.at) over (partition by k.member order by k.n) as first_at, vip.start_time as old_start, vip.end_time as old_end
    from known k
    left join lateral (
      select v.start_time, v.end_time from sendplan_vip v where v.biz_code = p_biz_code and v.member_hash = k.member limit 1
    ) vip on true
    where k.turn = 1 and k.stored_member is null
  ), paid as materialized (
    select f.*, case when old_end > first_at then old_start else first_at end as new_start,
      sendplan_months_later(greatest(old_end, first_at), biz.perform_type, (nth - 1)::integer) as from_time,
      sendplan_months_later(greatest(old_end, first_at), biz.perform_type, nth::integer) as to_time
    from fresh f
  ), members as (
    insert into sendplan_vip as v (biz_code, member_hash, member_sealed, charge_count, start_time, end_time, renewing)
    select p_biz_code, p.member, decode(min(p.member_sealed), 'base64'), count(*), min(p.new_start), max(p.to_time), biz.auto_renew
    from paid p group by p.member order by p.member
    on conflict (biz_code, member_hash) do update set charge_count = v.charge_count + excluded.charge_count,
      start_time = excluded.start_time, end_time = excluded.end_time, renewing = excluded.renewing
  ), charges as (
    insert into sendplan_charge (biz_code, order_no, member_hash, start_time, end_time, charged_at)
    select p_biz_code, p.order_no, p.member, p.from_time, p.to_time, p.at from paid p order by p.n
  )
  select case when k.stored_member <> k.member or (k.stored_member is null and not k.same) then 2005 else 0 end
  from known k order by k.n;
end $$;

create view audit_sendplans as
select 'sendplan_item.consumed_inventory' as counter, i.plan_id || '/' || i.id as key, i.consumed_inventory::bigint as counted,
  coalesce(r.units, 0)
    + (select coalesce(sum(a.delta_consumed), 0) from sendplan_adjustment a where a.plan_id = i.plan_id and a.item_id = i.id)::bigint
    as ledger
from sendplan_item i
left join (select plan_id, item_id, sum(units)::bigint as units from sendplan_receipt group by plan_id, item_id) r
  on r.plan_id = i.plan_id and r.item_id = i.id
union all
select 'sendplan_item.total_inventory', i.plan_id || '/' || i.id, coalesce(i.total_inventory, 0),
  (select coalesce(sum(a.delta_total), 0) from sendplan_adjustment a where a.plan_id = i.plan_id and a.item_id = i.id)::bigint
from sendplan_item i
union all
select 'sendplan_vip.charge_count', v.biz_code || '/' || encode(v.member_hash, 'hex'), v.charge_count, coalesce(c.charges, 0)
from sendplan_vip v
left join (select biz_code, member_hash, count(*) as charges from sendplan_charge group by biz_code, member_hash) c
  using (biz_code, member_hash);
comment on view audit_sendplans is 'Every counter of the send plans beside the sum of its ledger; unequal rows are faults.';
