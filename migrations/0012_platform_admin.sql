-- What the administration of apps, secrets and sessions needs beside the tables of the gateway.

alter table platform_app
  add column unique_id text unique check (length(unique_id) between 1 and 64),
  add column unique_content jsonb,
  add constraint platform_app_created_once check ((unique_id is null) = (unique_content is null));
comment on column platform_app.unique_id is 'Key of the call that made the app, so that a repeated call makes no second one; null when it was made otherwise.';
comment on column platform_app.unique_content is 'What that call asked for, to tell a repetition from another wish under the same key.';

create function platform_app_secret_limit() returns trigger language plpgsql as $$
begin
  if (select count(*) from platform_app_secret s
      where s.app_key = new.app_key and (s.expires_at is null or s.expires_at > new.created_at)) > 2 then
    raise exception 'app % would have more than two live secrets', new.app_key using errcode = 'check_violation';
  end if;
  return null;
end $$;

create trigger at_most_two_live after insert or update on platform_app_secret
  for each row execute function platform_app_secret_limit();

create index platform_session_app on platform_session (app_key, created_at, session_hash);
