-- All names of the persons who bear these, by hash; a name that is not linked to another stands for itself.
create or replace function sendplan_names(p_hashes bytea[])
returns bytea[]
language plpgsql stable set enable_seqscan = off as $$
begin
  return array(
    select unnest(p_hashes) union
    select m.user_hash from unnest(p_hashes) h
    cross join lateral (select x.person_hash from sendplan_person x where x.user_hash = h limit 1) p
    cross join lateral (select y.user_hash from sendplan_person y where y.person_hash = p.person_hash offset 0) m);
end $$;
