-- Takes calls from their counters, for all processes on this database exactly. p_groups: [{"wanted": n, "spare": n,
-- "returned": n, "counters": [{"counter", "window_start", "max"}, …]}, …]; a call needs room in all its counters.
-- Spare calls are taken ahead for a busy process, at most a thousandth of the room that is left, so that near a limit
-- every call is counted one by one; returned ones were taken ahead and not used. Returns {"version", "results":
-- [{"granted", "spare", "limited_by"}, …]}; results is absent when p_version is not the present version, and then
-- nothing was taken. limited_by is the place of the counter with the least room, from 0.
create or replace function platform_take_quota(p_version bigint, p_groups jsonb)
returns jsonb
language plpgsql set enable_seqscan = off as $$
declare
  present_version bigint;
  one jsonb;
  room bigint;
  granted bigint;
  ahead bigint;
  full_at int;
  results jsonb := '[]';
begin
  -- A count lost by a crash within the last half second is worth less than a disk write for every batch of calls.
  perform set_config('synchronous_commit', 'off', true);
  select version into present_version from platform_config_version where id = 1;
  if present_version <> p_version then
    return jsonb_build_object('version', present_version);
  end if;
  -- Rows are locked in one order by everybody, so that two processes cannot wait for each other.
  insert into platform_quota_use as q (counter, window_start, used)
  select c ->> 'counter', max((c ->> 'window_start')::bigint), 0
  from jsonb_array_elements(p_groups) g, jsonb_array_elements(g -> 'counters') c
  group by 1 order by 1
  on conflict (counter) do update set
    used = case when excluded.window_start > q.window_start then 0 else q.used end,
    window_start = greatest(q.window_start, excluded.window_start);
  for one in select * from jsonb_array_elements(p_groups) loop
    if (one ->> 'returned')::bigint > 0 then
      update platform_quota_use q set used = greatest(q.used - (one ->> 'returned')::bigint, 0)
      where q.counter = any (array(select c ->> 'counter' from jsonb_array_elements(one -> 'counters') c))
        and exists (select from jsonb_array_elements(one -> 'counters') c
          where c ->> 'counter' = q.counter and (c ->> 'window_start')::bigint = q.window_start);
    end if;
    select (c.value ->> 'max')::bigint - q.used, c.ordinality - 1 into room, full_at
    from jsonb_array_elements(one -> 'counters') with ordinality c
    cross join lateral (select u.used from platform_quota_use u where u.counter = c.value ->> 'counter' limit 1) q
    order by 1, 2 limit 1;
    granted := least((one ->> 'wanted')::bigint, greatest(room, 0));
    ahead := least((one ->> 'spare')::bigint, greatest(room - granted, 0) / 1000);
    if granted + ahead > 0 then
      update platform_quota_use q set used = q.used + granted + ahead
      where q.counter = any (array(select c ->> 'counter' from jsonb_array_elements(one -> 'counters') c));
    end if;
    results := results || jsonb_build_object('granted', granted, 'spare', ahead, 'limited_by', full_at);
  end loop;
  return jsonb_build_object('version', present_version, 'results', results);
end $$;
