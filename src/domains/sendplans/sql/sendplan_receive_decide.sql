-- Decides on receives in their order, each on what those before it leave: by command its outcome, item, the command
-- that it repeats, and day; by person whom it was found to be, and whether others joined it. Nothing is read or written
-- here.
create or replace function sendplan_receive_decide(p_plan sendplan, p_items sendplan_receive_items,
  p_asked sendplan_receive_asked, p_names sendplan_receive_names)
returns sendplan_receive_decided
language plpgsql as $$
declare
  users integer[] := p_names.user_name; persons integer[] := p_names.person; counts integer[] := p_names.person_count;
  days date[] := p_names.person_day; day_counts integer[] := p_names.person_day_count;
  join_commands integer[] := p_names.join_command; join_names integer[] := p_names.join_name;
  parents integer[] := p_names.parent; joined boolean[]; grants integer[]; taken integer[];
  ats timestamptz[] := p_asked.at; draws float8[] := p_asked.draw; requests integer[] := p_asked.request_place;
  weights bigint[] := p_items.weight; needs integer[] := p_items.need; remaining bigint[] := p_items.remaining;
  outcomes integer[] := p_asked.refusal; chosen integer[] := array_fill(null::integer, array[cardinality(users)]);
  repeats integer[] := chosen; receive_days date[] := array_fill(null::date, array[cardinality(users)]);
  open_weight bigint := 0; today date; mark float8; item integer; m integer := 1; g integer; p integer; q integer;
begin
  for j in 1 .. coalesce(cardinality(weights), 0) loop
    if remaining[j] is null or remaining[j] >= needs[j] then open_weight := open_weight + weights[j]; end if;
    taken[j] := 0;
  end loop;
  for i in 1 .. cardinality(users) loop
    g := grants[requests[i]];
    p := persons[users[i]];
    while parents[p] <> p loop p := parents[p]; end loop;
    -- All names of one call are one person's from now on, whatever becomes of the call.
    while join_commands[m] = i loop
      q := persons[join_names[m]];
      while parents[q] <> q loop q := parents[q]; end loop;
      if q <> p then
        parents[q] := p; joined[p] := true; counts[p] := counts[p] + counts[q];
        day_counts[p] := case when days[p] is null or days[q] > days[p] then day_counts[q]
          when days[q] = days[p] then day_counts[p] + day_counts[q] else day_counts[p] end;
        days[p] := greatest(days[p], days[q]);
      end if;
      m := m + 1;
    end loop;
    -- A request_id that was granted gets its receipt again, whatever has changed since.
    if p_asked.stored_receipt[i] is not null or g is not null then
      q := persons[case when p_asked.stored_receipt[i] is not null then p_names.stored_name[i] else users[g] end];
      while parents[q] <> q loop q := parents[q]; end loop;
      outcomes[i] := case when q = p and case when p_asked.stored_receipt[i] is not null then p_asked.stored_same[i]
        else p_asked.content[g] = p_asked.content[i] and p_asked.place[i] = 0 end then 0 else 1011 end;
      if outcomes[i] = 0 and p_asked.stored_receipt[i] is null then repeats[i] := g; end if;
      continue;
    end if;
    if outcomes[i] = 0 and counts[p] >= p_plan.count_limit then outcomes[i] := 1008; end if;
    continue when outcomes[i] <> 0;
    -- A server whose clock is behind counts on the later day.
    today := greatest((ats[i] at time zone interval '08:00')::date, days[p]);
    if today is distinct from days[p] then days[p] := today; day_counts[p] := 0; end if;
    outcomes[i] := case when day_counts[p] >= p_plan.day_limit then 1009 when open_weight = 0 then 1010 else 0 end;
    continue when outcomes[i] <> 0;
    mark := draws[i] * open_weight;
    for j in 1 .. cardinality(weights) loop
      continue when weights[j] = 0 or remaining[j] < needs[j];
      item := j;
      mark := mark - weights[j];
      exit when mark < 0;
    end loop;
    remaining[item] := remaining[item] - needs[item]; taken[item] := taken[item] + needs[item];
    if remaining[item] < needs[item] then open_weight := open_weight - weights[item]; end if;
    chosen[i] := item; receive_days[i] := today;
    counts[p] := counts[p] + 1; day_counts[p] := day_counts[p] + 1;
    if requests[i] is not null then grants[requests[i]] := i; end if;
  end loop;
  return (outcomes, chosen, repeats, receive_days, parents, joined, taken);
end $$;
