-- Sessions by keyed hash (hex), with the nick of their users.
create or replace function platform_find_sessions(p_hashes text[])
returns table (session_hash text, app_key text, user_id bigint, nick text, expires_at timestamptz,
  revoked_at timestamptz)
language plpgsql stable set enable_seqscan = off as $$
begin
  return query
  select h, s.app_key, s.user_id, u.nick, s.expires_at, s.revoked_at
  from unnest(p_hashes) h
  cross join lateral (select * from platform_session x where x.session_hash = decode(h, 'hex') limit 1) s
  cross join lateral (select x.nick from platform_user x where x.user_id = s.user_id limit 1) u;
end $$;
