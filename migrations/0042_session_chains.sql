-- A session that is revoked takes along all that was refreshed from it, and a code that comes twice ends what it made.
alter table platform_session add column first_hash bytea references platform_session on delete cascade;
comment on column platform_session.first_hash is
  'The session that this one was refreshed from in the first place; null where it is the first itself.';
create index platform_session_first on platform_session (first_hash);

alter table platform_authorization_code add column session_hash bytea references platform_session on delete set null;
comment on column platform_authorization_code.session_hash is 'The session that the code was exchanged for.';

-- Revokes a session, the one it was refreshed from and all that were refreshed since; false when there is none.
create function platform_revoke_session(p_session_hash bytea, p_now timestamptz) returns boolean language plpgsql as $$
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
