-- Writes which names are one person's now: those of persons whom others joined. Of a person's names the least stands
-- for it.
create or replace function sendplan_receive_join(p_hashes text[], p_persons integer[], p_parents integer[],
  p_joined boolean[])
returns void
language plpgsql as $$
declare
  roots integer[] := p_persons;
  p integer;
begin
  for i in 1 .. cardinality(roots) loop
    p := roots[i];
    while p_parents[p] <> p loop p := p_parents[p]; end loop;
    roots[i] := p;
  end loop;
  insert into sendplan_person as x (user_hash, person_hash)
  select decode(m.h, 'hex'), decode(min(m.h) over (partition by m.person), 'hex')
  from unnest(p_hashes, roots) as m (h, person) where p_joined[m.person]
  on conflict (user_hash) do update set person_hash = excluded.person_hash
    where x.person_hash <> excluded.person_hash;
end $$;
