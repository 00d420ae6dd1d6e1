-- The names of a batch of receives and the persons whose they are, each with what was received. By name: its hash, its
-- receives, and its person; by person: the receives under all names; by command: whose name it gives, whose the receipt
-- of its request_id has, and (joins, in order) the other names that it gives.
create or replace function sendplan_receive_names(p_plan_id bigint, p_asked sendplan_receive_asked)
returns sendplan_receive_names
language plpgsql as $$
declare
  names sendplan_receive_names;
begin
  if p_asked.linked then
    return sendplan_receive_linked(p_plan_id, p_asked);
  end if;
  -- Nobody of the batch has two names: everyone is a person of its own.
  select array_agg(k.hash order by k.place), array_agg(coalesce(k.count, 0) order by k.place),
    array_agg(k.day order by k.place), array_agg(coalesce(k.day_count, 0) order by k.place),
    array_agg(k.place order by k.place)
  into names.hash, names.count, names.day, names.day_count, names.person
  from (
    select distinct on (u.place) u.* from unnest(p_asked.user_place, p_asked.user_hash, p_asked.last_count,
      p_asked.last_day, p_asked.last_day_count) as u (place, hash, count, day, day_count) order by u.place
  ) k;
  names.person_count := names.count;
  names.person_day := names.day;
  names.person_day_count := names.day_count;
  names.user_name := p_asked.user_place;
  names.stored_name := array(
    select case when u.stored = u.hash then u.place end
    from unnest(p_asked.stored_hash, p_asked.user_hash, p_asked.user_place)
      with ordinality as u (stored, hash, place, n)
    order by u.n);
  return names;
end $$;
