-- Which of the commands whose code is 0 win, by their numbers, and which prize each draws; the codes of the others.
create or replace function lottery_decide(p_platform bigint, p_spread_id text, p_now timestamptz, p_users text[],
  p_rolls float8[], inout return_codes integer[], out won integer[], out prizes integer[], out segment_no integer,
  out limited boolean)
language plpgsql stable as $$
declare
  opened record;
  activity lottery_activity;
  refused record;
  n integer;
begin
  won := case when 0 = all (return_codes) then array(select generate_series(1, cardinality(return_codes)))
    else array(select c.n::integer from unnest(return_codes) with ordinality as c (code, n) where c.code = 0
      order by c.n) end;
  prizes := '{}';
  if won = '{}' then return; end if;
  select * into opened from lottery_open_segment(p_platform, p_spread_id, p_now);
  if opened.return_code <> 0 then
    foreach n in array won loop return_codes[n] := opened.return_code; end loop;
    won := '{}';
    return;
  end if;
  segment_no := opened.segment_no;

  select * into activity from lottery_activity a where a.spread_id = p_spread_id;
  limited := activity.user_limit is not null or activity.user_day_limit is not null;
  if limited then
    for refused in select * from lottery_over_limit(activity, p_now, won, p_users) loop
      return_codes[refused.n] := refused.return_code;
    end loop;
    won := array(select w.n from unnest(won) with ordinality as w (n, place) where return_codes[w.n] = 0
      order by w.place);
  end if;

  foreach n in array won[opened.free + 1:] loop return_codes[n] := 200007; end loop;
  won := won[:opened.free];
  prizes := lottery_draw_prizes(p_platform, p_spread_id, p_now, won, p_rolls);
  foreach n in array won[cardinality(prizes) + 1:] loop return_codes[n] := 200010; end loop;
  won := won[:cardinality(prizes)];
end $$;
