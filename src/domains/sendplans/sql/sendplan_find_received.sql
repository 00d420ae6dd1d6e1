-- What persons have received of plans until a second of the epoch, in the order of the list: [{"plans": [id, …],
-- "names": [hex, …], "second": n}, …]. Each gets a list of {"plan_id", "item_id", "count", "today": those of that day
-- of GMT+8}.
create or replace function sendplan_find_received(p_asked jsonb)
returns table (received json)
language plpgsql stable set enable_seqscan = off as $$
begin
  return query
  select (
    select coalesce(json_agg(r), '[]') from (
      select s.plan_id, s.item_id, count(*)::integer as count,
        count(*) filter (where s.receive_day >= (to_timestamp(a.second) at time zone interval
          '08:00')::date)::integer as today
      from unnest(sendplan_names(array(select decode(h, 'hex') from jsonb_array_elements_text(a.names) h))) name
      cross join jsonb_array_elements_text(a.plans) plan
      cross join lateral (
        select x.plan_id, x.item_id, x.receive_day from sendplan_receipt x
        where x.plan_id = plan::bigint and x.user_hash = name order by x.user_ordinal) s
      group by s.plan_id, s.item_id) r)
  from rows from (jsonb_to_recordset(p_asked) as (plans jsonb, names jsonb, second bigint))
    with ordinality as a (plans, names, second, n)
  order by a.n;
end $$;
