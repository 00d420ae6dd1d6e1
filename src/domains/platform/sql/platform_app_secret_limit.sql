-- Refuses a third secret of an app that is live at once.
create or replace function platform_app_secret_limit()
returns trigger
language plpgsql as $$
begin
  if (select count(*) from platform_app_secret s
      where s.app_key = new.app_key and (s.expires_at is null or s.expires_at > new.created_at)) > 2 then
    raise exception 'app % would have more than two live secrets', new.app_key using errcode = 'check_violation';
  end if;
  return null;
end $$;
