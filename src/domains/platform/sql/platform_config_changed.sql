-- Moves the number by which every process notices that apps or limits were changed.
create or replace function platform_config_changed()
returns trigger
language plpgsql as $$
begin
  update platform_config_version set version = version + 1 where id = 1;
  return null;
end $$;
