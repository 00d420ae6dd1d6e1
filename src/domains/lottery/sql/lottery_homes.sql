-- The homes of the apps of some draws: [[app_key, platform, spread_id], …]. An app without one gets it by the first of
-- them that names an activity of its channel. Returns [{"platform", "return_code"}, …]; without home, why such a draw
-- is refused.
create or replace function lottery_homes(p_draws jsonb)
returns json
language plpgsql as $$
begin
  -- Sorted, so that two processes that enter the same apps do not wait for each other.
  insert into lottery_home (app_key, platform)
    select d ->> 0, a.platform
    from jsonb_array_elements(p_draws) with ordinality as x (d, n)
    join lottery_activity a on a.spread_id = d ->> 2 and a.platform = (d ->> 1)::bigint
    order by (d ->> 0) collate "C", n
    on conflict do nothing;
  return (
    select json_agg(json_build_object('platform', h.platform, 'return_code', case when h.platform is not null then 0
      when a.platform <> (d ->> 1)::bigint then 200002 else 200001 end) order by n)
    from jsonb_array_elements(p_draws) with ordinality as x (d, n)
    left join lottery_home h on h.app_key = d ->> 0
    left join lottery_activity a on a.spread_id = d ->> 2);
end $$;
