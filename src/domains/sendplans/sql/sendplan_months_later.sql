-- An instant so many months later on the calendar of GMT+8, on the same day of the month or the last that there is.
create or replace function sendplan_months_later(p_at timestamptz, p_months integer)
returns timestamptz
language sql immutable as $$
  select (p_at at time zone interval '08:00' + make_interval(months => p_months)) at time zone interval '08:00'
$$;
