-- A platform that had an owner keeps one who can log in.
create or replace function platform_operator_keep_owner()
returns trigger
language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtext('platform_operator owner'));
  if not exists (select from platform_operator where role = 'owner' and status = 1) then
    raise exception 'the last owner stays' using errcode = 'PQ020';
  end if;
  return null;
end $$;
