-- One-time links by which an operator who is locked out sets a new password, made on the command line.
alter table platform_operator_setup add column login text references platform_operator on delete cascade;
comment on table platform_operator_setup is
  'Links by keyed hash of their token. login null: makes the first owner, gone once there is one; else: lets that operator set a new password without a second factor.';

-- Errors of all apps by their time. They are the rare rows: a record that is no error does not come here.
create index platform_call_log_errors on platform_call_log (called_at) where code <> 0;
