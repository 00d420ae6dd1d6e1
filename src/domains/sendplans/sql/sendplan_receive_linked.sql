-- The same as sendplan_receive_names where somebody has two names, in the batch or from earlier calls.
create or replace function sendplan_receive_linked(p_plan_id bigint, p_asked sendplan_receive_asked)
returns sendplan_receive_names
language plpgsql as $$
declare
  names sendplan_receive_names;
  places jsonb;
begin
  with named as materialized (
    select distinct h from (
      select unnest(p_asked.user_hash) as h union all
      select jsonb_array_elements_text(o) from unnest(p_asked.also) o where o is not null) x
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
      coalesce(sum(o.day_count) filter (where o.day = o.last_day), 0) as day_count
    from (select *, max(own.day) over (partition by own.place) as last_day from own) o group by o.place
  )
  select o.*, w.*
  into names.hash, names.count, names.day, names.day_count, names.person, places,
    names.person_count, names.person_day, names.person_day_count, names.parent
  from (
    select array_agg(own.h order by own.n), array_agg(own.count order by own.n), array_agg(own.day order by own.n),
      array_agg(own.day_count order by own.n), array_agg(own.place order by own.n), jsonb_object_agg(own.h, own.n)
    from own
  ) o, (
    select array_agg(whole.count order by whole.place), array_agg(whole.day order by whole.place),
      array_agg(whole.day_count order by whole.place), array_agg(whole.place order by whole.place) from whole
  ) w;
  select array_agg((places ->> u.hash)::integer order by u.n), array_agg((places ->> u.stored)::integer order by u.n)
  into names.user_name, names.stored_name
  from unnest(p_asked.user_hash, p_asked.stored_hash) with ordinality as u (hash, stored, n);
  select array_agg(u.n order by u.n, a.k), array_agg((places ->> a.h)::integer order by u.n, a.k)
  into names.join_command, names.join_name
  from unnest(p_asked.also, p_asked.place) with ordinality as u (also, place, n)
  cross join lateral jsonb_array_elements_text(u.also) with ordinality as a (h, k) where u.place = 0;
  return names;
end $$;
