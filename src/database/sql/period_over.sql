-- Whether what ends at p_end, as told to the second, is over at p_now. Inlined where it is asked, so that an index on
-- the end serves.
create or replace function period_over(p_end timestamptz, p_now timestamptz)
returns boolean
language sql stable parallel safe as $$
  select date_trunc('second', p_now) > p_end
$$;
