-- How many months lie between instants of which the later is so many months after the earlier: their months tell.
create or replace function sendplan_months_between(p_from timestamptz, p_to timestamptz)
returns integer
language sql immutable as $$
  select (12 * (extract(year from t) - extract(year from f)) + extract(month from t) - extract(month from f))::integer
  from (select p_from at time zone interval '08:00' as f, p_to at time zone interval '08:00' as t) x
$$;
