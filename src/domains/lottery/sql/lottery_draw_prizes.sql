-- Draws a prize for each of some calls in their order, by its roll (a whole number from 0 to below 2^48) and by weight
-- among the prizes with stock; null where the activity has no prizes. Shorter than p_wanted, the numbers of the calls,
-- when no prize has stock for the rest. Prizes that have expired at p_now, and those whose codes the batch does not
-- have in full (it is locked), are left out while there is another; where all are such, they are drawn as if they
-- could be given.
create or replace function lottery_draw_prizes(p_platform bigint, p_spread_id text, p_now timestamptz,
  p_wanted integer[], p_all_rolls float8[])
returns integer[]
language plpgsql stable as $$
declare
  rolls float8[];
  drawn integer[] := '{}';
  picks integer[];
  prizes integer[];
  bounds float8[];
  total float8;
  short integer;
  giving boolean;
  codes jsonb := lottery_codes(p_platform, p_spread_id, p_now, cardinality(p_wanted));
begin
  if not exists (select from lottery_prize p where p.platform = p_platform and p.spread_id = p_spread_id) then
    return array_fill(null::integer, array[cardinality(p_wanted)]);
  end if;
  rolls := array(select p_all_rolls[w.n] from unnest(p_wanted) with ordinality as w (n, place) order by w.place);
  loop
    select array_agg(w.prize_no order by w.prize_no), array_agg(w.upper - w.weight order by w.prize_no), max(w.upper),
        bool_and(w.givable)
      into prizes, bounds, total, giving
      from (
        select o.prize_no, o.weight, o.givable, sum(o.weight) over (order by o.prize_no)::float8 as upper
        from lottery_open_prizes(p_platform, p_spread_id, p_now, drawn, codes) o
      ) w;
    if total is null then return drawn; end if;
    select array_agg(prizes[width_bucket(r.roll / 281474976710656 * total, bounds)] order by r.n) into picks
      from unnest(rolls[cardinality(drawn) + 1:]) with ordinality as r (roll, n);
    if codes is null and not exists (
      select from lottery_prize p where p.platform = p_platform and p.spread_id = p_spread_id
        and p.total_count - p.consumed_count < cardinality(p_wanted)
    ) then
      return drawn || picks;
    end if;
    -- Up to the first command that draws a prize which the commands before it have used up, or the codes of its batch,
    -- all is decided.
    select min(d.n) - cardinality(drawn) into short
      from (
        select a.n, p.total_count - p.consumed_count as stock, r.code_count, (codes ->> r.mix_id)::bigint as codes,
          row_number() over (partition by a.prize_no order by a.n) as rank,
          sum(r.code_count) over (partition by r.mix_id order by a.n) as needed
        from unnest(drawn || picks) with ordinality as a (prize_no, n)
        join lottery_prize p on p.platform = p_platform and p.spread_id = p_spread_id and p.prize_no = a.prize_no
        join lottery_reward r on r.platform = p_platform and r.spread_id = p_spread_id and r.reward_no = p.reward_no
      ) d
      where d.rank > d.stock or giving and d.code_count > 0 and d.needed > d.codes;
    if short is null then return drawn || picks; end if;
    drawn := drawn || picks[1:short - 1];
  end loop;
end $$;
