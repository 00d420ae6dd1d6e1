-- Revokes a session, the one it was refreshed from and all that were refreshed since; false when there is none.
create or replace function platform_revoke_session(p_session_hash bytea, p_now timestamptz)
returns boolean
language plpgsql as $$
declare
  first bytea;
begin
  select coalesce(first_hash, session_hash) into first from platform_session where session_hash = p_session_hash;
  if not found then
    return false;
  end if;
  -- The first comes first: a refresh under way holds its row, so that what it adds is seen by the statement after.
  update platform_session set revoked_at = p_now where session_hash = first and revoked_at is null;
  update platform_session set revoked_at = p_now where first_hash = first and revoked_at is null;
  return true;
end $$;
