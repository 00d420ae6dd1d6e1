-- Draws for callers of one activity in their order, each decided by itself; lottery_draw, which holds the activity's
-- lock, tells parameters and result. The batches of codes are locked before prizes are drawn, in the order of their
-- ids, and wins that lack codes are given them first.
create or replace function lottery_draw_each(p_platform bigint, p_spread_id text, p_now timestamptz,
  p_out_biz_ids text, p_app_keys text, p_mix_user_ids text, p_rolls text, p_fresh boolean)
returns json
language plpgsql as $$
declare
  keys text[] := string_to_array(p_out_biz_ids, u&'\001F');
  apps text[] := string_to_array(p_app_keys, u&'\001F');
  users text[] := string_to_array(p_mix_user_ids, u&'\001F');
  rolls float8[] := string_to_array(p_rolls, u&'\001F')::float8[];
  return_codes integer[] := array_fill(0, array[cardinality(keys)]);
  batches text[];
  told integer[] := '{}';
  bring integer[];
  fresh boolean := p_fresh;
  decided record;
  known record;
  wins json := '[]';
  seen integer;
begin
  if array[cardinality(apps), cardinality(users), cardinality(rolls)] <> array_fill(cardinality(keys), array[3]) then
    raise exception 'lottery_draw was given % keys, % apps, % users and % rolls',
      cardinality(keys), cardinality(apps), cardinality(users), cardinality(rolls);
  end if;
  -- What the batches have stays so until the end; those of replaced rewards may be wanted by wins that lack codes.
  batches := array(
    select r.mix_id from lottery_reward r
    where r.platform = p_platform and r.spread_id = p_spread_id and r.mix_id is not null);
  if batches <> '{}' then perform voucher_hold(batches); end if;
  loop
    if not fresh then
      for known in select * from lottery_receipts(p_platform, p_spread_id, keys, apps, users) loop
        return_codes[known.n] := coalesce(known.refusal, -1);
        if known.refusal is null then told := told || known.n; end if;
      end loop;
      -- They come first: what they take no other can win.
      perform lottery_issue_codes(p_platform, array(select keys[n] from unnest(told) as t (n)),
        array(select apps[n] from unnest(told) as t (n)), p_now);
    end if;
    select * into decided from lottery_decide(p_platform, p_spread_id, p_now, users, rolls, return_codes);
    exit when not fresh or cardinality(decided.won) = cardinality(keys);
    fresh := false;
  end loop;

  seen := cardinality(told);
  if decided.won <> '{}' then
    perform lottery_enter_wins(p_platform, p_spread_id, p_now, keys, apps, users, decided.won, decided.prizes,
      decided.segment_no, decided.limited);
  end if;

  bring := lottery_numbers_with_codes(p_platform, p_spread_id, decided.won, decided.prizes);
  if bring <> '{}' then
    perform lottery_issue_codes(p_platform, array(select keys[n] from unnest(bring) as t (n)),
      array(select apps[n] from unnest(bring) as t (n)), p_now);
  end if;
  told := told || bring;
  if told <> '{}' then
    wins := lottery_wins(p_platform, keys, apps, told);
  end if;
  return_codes := array_replace(decided.return_codes, -1, 0);
  return json_build_object('return_code', case when 0 <> any (return_codes) then return_codes end,
    'won', case when cardinality(decided.won) < cardinality(keys) then decided.won end,
    'prize_no', case when decided.prizes[1] is not null then decided.prizes end,
    'reward_no', (
      select json_object_agg(p.prize_no, p.reward_no) from lottery_prize p
      where p.platform = p_platform and p.spread_id = p_spread_id),
    'known', seen, 'wins', wins);
end $$;
