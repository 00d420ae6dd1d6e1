-- The names of a batch of receives and the persons whose they are, each with what was received. By name: its hash, its
-- receives, and its person; by person: the receives under all names; by command: whose name it gives, whose the receipt
-- of its request_id has, and (joins, in order) the other names that it gives.
create or replace function sendplan_receive_names(p_plan_id bigint, p_asked sendplan_receive_asked)
returns sendplan_receive_names
language plpgsql as $$
declare
  names sendplan_receive_names;
  -- An element of a list of its own is changed in its place; one of a list within a row would copy the list.
  hashes text[]; counts integer[]; days date[]; day_counts integer[]; persons integer[]; stored_names integer[];
  u integer;
begin
  if p_asked.linked then
    return sendplan_receive_linked(p_plan_id, p_asked);
  end if;
  -- Nobody of the batch has two names: everyone is a person of its own.
  for i in 1 .. cardinality(p_asked.user_place) loop
    u := p_asked.user_place[i];
    hashes[u] := p_asked.user_hash[i];
    counts[u] := coalesce(p_asked.last_count[i], 0);
    days[u] := p_asked.last_day[i];
    day_counts[u] := coalesce(p_asked.last_day_count[i], 0);
    persons[u] := u;
    stored_names[i] := case when p_asked.stored_hash[i] = p_asked.user_hash[i] then u end;
  end loop;
  return (hashes, counts, days, day_counts, persons, counts, days, day_counts, persons, p_asked.user_place,
    stored_names, null::integer[], null::integer[]);
end $$;
