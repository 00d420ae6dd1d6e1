-- Receives of one plan in arrival order. A command bears: at (epoch ms), isv_id, circle_id, circle_content, user_hash
-- (hex; receives are kept by it), also (hashes of the other names in the call; may be absent), user_sealed (base64),
-- request_id, draw (a number from 0 to below 1). Answers one row a command, in order; outcome is the ret_code of the
-- method. A request_id is known again by person, content, partner and circle. Names of one call become those of one
-- person in the batch and beyond. The planner takes the lists of a batch for much shorter than they are, so it is told
-- to hash them, and to look tables up by their indexes.
create or replace function sendplan_receive(p_plan_id bigint, p_commands jsonb)
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
  users integer[]; others jsonb[]; request_places integer[];
  known_counts integer[]; known_days date[]; known_day_counts integer[];
  known_receipts bigint[]; known_users text[]; same_place boolean[]; linked boolean;
  -- The names of the persons of the batch, by their place (user_places: of each hash): their own receives, and the
  -- person.
  user_hashes text[]; user_counts integer[]; user_days date[]; user_day_counts integer[]; persons integer[];
    user_places jsonb;
  -- The persons, by their place: their receives under all names, and the person that one was found to be.
  counts integer[]; last_days date[]; day_counts integer[]; parents integer[]; joined boolean[];
  -- The first grant of each request_id.
  first_grants integer[];
  -- What was decided of each command: its outcome, the item's place, and the command that it repeats.
  outcomes integer[]; chosen integer[]; repeats integer[]; ordinals integer[]; receive_days date[];
  day_ordinals integer[];
  today date; open_weight bigint; mark float8; item integer; size integer; u integer; r integer; p integer; q integer;
  other text;
begin
  select * into plan from sendplan where id = p_plan_id for no key update;
  -- Names that are seen together for the first time join persons: one batch of the partner at a time, and what is read
  -- from here on is what the one before has left.
  if p_commands @? '$[*].also' and exists (
    select from jsonb_to_recordset(p_commands) as c (user_hash text, also jsonb)
    cross join lateral jsonb_array_elements_text(c.also) as a (name)
    left join lateral (
      select x.person_hash from sendplan_person x where x.user_hash = decode(c.user_hash, 'hex') limit 1) one on true
    left join lateral (
      select x.person_hash from sendplan_person x where x.user_hash = decode(a.name, 'hex') limit 1) two on true
    where one.person_hash is null or two.person_hash is null or one.person_hash <> two.person_hash
  ) then
    perform from sendplan_isv v where v.isv_id = plan.isv_id for no key update;
  end if;
  select array_agg(i.id order by i.id), array_agg(i.name order by i.id), array_agg(i.weight order by i.id),
    array_agg(coalesce(i.consume_inventory, 1) order by i.id), array_agg(i.total_inventory - i.consumed_inventory
      order by i.id),
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
    array_agg(c.circle_content order by c.n), array_agg(c.user_hash order by c.n), array_agg(c.user_sealed
      order by c.n),
    array_agg(c.request_id order by c.n), array_agg(c.draw order by c.n),
    array_agg(c.user_place order by c.n), array_agg(c.also order by c.n), bool_or(c.also is not null
      or linked.found is not null),
    array_agg(last.user_ordinal order by c.n), array_agg(last.receive_day order by c.n),
    array_agg(last.day_ordinal order by c.n), array_agg(case when c.request_id is not null then c.request_place end
      order by c.n),
    array_agg(stored.receipt_id order by c.n), array_agg(stored.user_hash order by c.n), array_agg(stored.same
      order by c.n)
  into ats, places, contents, hashes, sealeds, requests, draws, users, others, linked,
    known_counts, known_days, known_day_counts, request_places, known_receipts, known_users, same_place
  from (
    select *, dense_rank() over (order by user_hash) as user_place,
      dense_rank() over (order by request_id) as request_place
    from rows from (jsonb_to_recordset(p_commands) as (at bigint, isv_id bigint, circle_id bigint, circle_content text,
      user_hash text, also jsonb, user_sealed text, request_id text, draw float8)) with ordinality
      as x (at, isv_id, circle_id, circle_content, user_hash, also, user_sealed, request_id, draw, n)
  ) c
  left join lateral (
    select k.circle_contents from sendplan_circle k where k.isv_id = c.isv_id and k.circle_id = c.circle_id limit 1
  ) circle on true
  left join lateral (
    select true as found from sendplan_person x where x.user_hash = decode(c.user_hash, 'hex') limit 1
  ) linked on true
  left join lateral (
    select s.user_ordinal, s.receive_day, s.day_ordinal from sendplan_receipt s
    where s.plan_id = p_plan_id and s.user_hash = decode(c.user_hash, 'hex') order by s.user_ordinal desc limit 1
  ) last on true
  left join lateral (
    select s.receipt_id, encode(s.user_hash, 'hex') as user_hash, s.circle_content = c.circle_content
        and plan.isv_id = c.isv_id and plan.circle_id = c.circle_id as same
    from sendplan_receipt s where s.plan_id = p_plan_id and s.request_id = c.request_id limit 1
  ) stored on true;

  size := cardinality(ats);
  if linked then
    with named as materialized (
      select distinct h from (
        select unnest(hashes) as h union all
        select jsonb_array_elements_text(o) from unnest(others) o where o is not null) x
    ), person as materialized (
      select distinct coalesce(x.person_hash, decode(n.h, 'hex')) as person from named n
      left join lateral (
        select y.person_hash from sendplan_person y where y.user_hash = decode(n.h, 'hex') limit 1) x on true
    ), member as materialized (
      select m.user_hash, dense_rank() over (order by p.person) as place from person p
      cross join lateral (
        (select y.user_hash from sendplan_person y where y.person_hash = p.person offset 0)
        union select p.person) m
    ), own as materialized (
      select encode(m.user_hash, 'hex') as h, m.place, coalesce(s.user_ordinal, 0) as count, s.receive_day as day,
        coalesce(s.day_ordinal, 0) as day_count, row_number() over (order by m.user_hash) as n
      from member m left join lateral (
        select x.user_ordinal, x.receive_day, x.day_ordinal from sendplan_receipt x
        where x.plan_id = p_plan_id and x.user_hash = m.user_hash order by x.user_ordinal desc limit 1) s on true
    ), whole as (
      select o.place, sum(o.count) as count, max(o.day) as day,
        sum(o.day_count) filter (where o.day = o.last_day) as day_count
      from (select *, max(own.day) over (partition by own.place) as last_day from own) o group by o.place
    )
    select o.hashes, o.counts, o.days, o.day_counts, o.persons, o.places, w.counts, w.days, w.day_counts, w.places,
      w.joined
    into user_hashes, user_counts, user_days, user_day_counts, persons, user_places, counts, last_days, day_counts,
      parents,
      joined
    from (
      select array_agg(own.h order by own.n) as hashes, array_agg(own.count order by own.n) as counts,
        array_agg(own.day order by own.n) as days, array_agg(own.day_count order by own.n) as day_counts,
        array_agg(own.place order by own.n) as persons, jsonb_object_agg(own.h, own.n) as places from own
    ) o, (
      select array_agg(whole.count order by whole.place) as counts, array_agg(whole.day order by whole.place) as days,
        array_agg(coalesce(whole.day_count, 0) order by whole.place) as day_counts,
        array_agg(whole.place order by whole.place) as places, array_agg(false order by whole.place) as joined
          from whole
    ) w;
    select array_agg((user_places ->> h)::integer order by n) into users from unnest(hashes) with ordinality as x (h,
      n);
  else
    -- Nobody of the batch has two names: everyone is a person of its own, filled in by the loop.
    user_counts := array_fill(null::integer, array[size]);
    user_days := array_fill(null::date, array[size]);
    user_day_counts := user_counts; counts := user_counts; day_counts := user_counts; last_days := user_days;
    persons := array(select generate_series(1, size));
    parents := persons;
  end if;

  outcomes := array_fill(0, array[size]);
  chosen := array_fill(null::integer, array[size]);
  repeats := chosen; ordinals := chosen; day_ordinals := chosen; receive_days := array_fill(null::date, array[size]);
  first_grants := chosen;

  for i in 1 .. size loop
    r := request_places[i];
    u := users[i];
    if user_counts[u] is null then
      user_counts[u] := coalesce(known_counts[i], 0);
      user_days[u] := known_days[i];
      user_day_counts[u] := coalesce(known_day_counts[i], 0);
      counts[u] := user_counts[u]; last_days[u] := user_days[u]; day_counts[u] := user_day_counts[u];
    end if;
    p := persons[u];
    while parents[p] <> p loop p := parents[p]; end loop;
    -- All names of one call are one person's from now on, whatever becomes of the call.
    if places[i] = 0 and others[i] is not null then
      for other in select jsonb_array_elements_text(others[i]) loop
        q := persons[(user_places ->> other)::integer];
        while parents[q] <> q loop q := parents[q]; end loop;
        if q <> p then
          parents[q] := p;
          joined[p] := true;
          counts[p] := counts[p] + counts[q];
          if last_days[p] is null or last_days[q] > last_days[p] then
            last_days[p] := last_days[q];
            day_counts[p] := day_counts[q];
          elsif last_days[q] = last_days[p] then
            day_counts[p] := day_counts[p] + day_counts[q];
          end if;
        end if;
      end loop;
    end if;
    -- A request_id that was granted gets its receipt again, whatever has changed since.
    if known_receipts[i] is not null then
      q := persons[case when known_users[i] = hashes[i] then u else (user_places ->> known_users[i])::integer end];
      while parents[q] <> q loop q := parents[q]; end loop;
      if q is distinct from p or not same_place[i] then outcomes[i] := 1011; end if;
      continue;
    elsif r is not null and first_grants[r] is not null then
      q := persons[users[first_grants[r]]];
      while parents[q] <> q loop q := parents[q]; end loop;
      if q = p and contents[first_grants[r]] = contents[i] and places[i] = 0
      then repeats[i] := first_grants[r];
      else outcomes[i] := 1011; end if;
      continue;
    end if;
    if places[i] <> 0 then outcomes[i] := places[i]; continue; end if;
    if plan.status <> 1 then outcomes[i] := 1007; continue; end if;
    if ats[i] < plan.start_time then outcomes[i] := 1005; continue; end if;
    if period_over(plan.end_time, ats[i]) then outcomes[i] := 1006; continue; end if;
    if counts[p] >= plan.count_limit then outcomes[i] := 1008; continue; end if;
    -- A server whose clock is behind counts on the later day.
    today := greatest((ats[i] at time zone interval '08:00')::date, last_days[p]);
    if today is distinct from last_days[p] then
      last_days[p] := today;
      day_counts[p] := 0;
    end if;
    if day_counts[p] >= plan.day_limit then outcomes[i] := 1009; continue; end if;

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
    counts[p] := counts[p] + 1;
    day_counts[p] := day_counts[p] + 1;
    if today is distinct from user_days[u] then
      user_days[u] := today;
      user_day_counts[u] := 0;
    end if;
    user_counts[u] := user_counts[u] + 1;
    user_day_counts[u] := user_day_counts[u] + 1;
    ordinals[i] := user_counts[u];
    day_ordinals[i] := user_day_counts[u];
    receive_days[i] := today;
    if r is not null then first_grants[r] := i; end if;
  end loop;

  update sendplan_item i set consumed_inventory = i.consumed_inventory + t.taken
  from unnest(ids, taken) as t (id, taken) where i.plan_id = p_plan_id and i.id = t.id and t.taken > 0;

  if true = any (joined) then
    for i in 1 .. cardinality(persons) loop
      p := persons[i];
      while parents[p] <> p loop p := parents[p]; end loop;
      persons[i] := p;
    end loop;
    insert into sendplan_person as x (user_hash, person_hash)
    select decode(m.h, 'hex'), decode(min(m.h) over (partition by m.person), 'hex')
    from unnest(user_hashes, persons) as m (h, person) where joined[m.person]
    on conflict (user_hash) do update set person_hash = excluded.person_hash
      where x.person_hash <> excluded.person_hash;
  end if;

  return query
  with decided as materialized (
    select d.*, case when d.item is not null then nextval('sendplan_receipt_id') end as fresh_id,
      date_trunc('second', d.at) as from_time,
      coalesce(date_trunc('second', d.at) + make_interval(hours => 24 * days[d.item]), plan.end_time) as to_time
    from unnest(outcomes, chosen, repeats, ordinals, receive_days, day_ordinals, ats, contents, hashes, sealeds,
      requests,
        known_receipts) with ordinality
      as d (outcome, item, repeat, ordinal, day, day_ordinal, at, content, hash, sealed, request_id, known_receipt, n)
  ), written as (
    insert into sendplan_receipt (plan_id, receipt_id, request_id, user_hash, user_sealed, circle_content, item_id,
      item_name,
      units, start_time, end_time, user_ordinal, count_limit, receive_day, day_ordinal, day_limit, received_at)
    select p_plan_id, d.fresh_id, d.request_id, decode(d.hash, 'hex'), decode(d.sealed, 'base64'), d.content,
      ids[d.item],
      names[d.item], needs[d.item], d.from_time, d.to_time, d.ordinal, plan.count_limit, d.day, d.day_ordinal,
        plan.day_limit,
      d.at
    from decided d where d.item is not null order by d.n
  )
  select d.outcome, coalesce(g.fresh_id, s.receipt_id), coalesce(ids[g.item], s.item_id), coalesce(names[g.item],
    s.item_name),
    coalesce(needs[g.item], s.units), coalesce(g.from_time, s.start_time), coalesce(g.to_time, s.end_time)
  from decided d
  left join decided g on g.n = coalesce(d.repeat, d.n) and g.item is not null
  left join lateral (
    select * from sendplan_receipt x
    where x.plan_id = p_plan_id and x.receipt_id = d.known_receipt and d.outcome = 0 limit 1
  ) s on true
  order by d.n;
end $$;
