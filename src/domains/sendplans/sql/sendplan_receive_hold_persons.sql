-- Holds the partner until commit where names are seen together for the first time, so that they join persons: one batch
-- of the partner at a time, and what is read from then on is what the one before has left.
create or replace function sendplan_receive_hold_persons(p_isv_id bigint, p_commands jsonb)
returns void
language plpgsql as $$
begin
  if p_commands @? '$[*].also' and exists (
    select from jsonb_to_recordset(p_commands) as c (user_hash text, also jsonb)
    cross join lateral jsonb_array_elements_text(c.also) as a (name)
    left join lateral (
      select x.person_hash from sendplan_person x where x.user_hash = decode(c.user_hash, 'hex') limit 1) one on true
    left join lateral (
      select x.person_hash from sendplan_person x where x.user_hash = decode(a.name, 'hex') limit 1) two on true
    where one.person_hash is null or two.person_hash is null or one.person_hash <> two.person_hash
  ) then
    perform from sendplan_isv v where v.isv_id = p_isv_id for no key update;
  end if;
end $$;
