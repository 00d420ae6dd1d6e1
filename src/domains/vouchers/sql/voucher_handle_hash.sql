-- The keyed hash in what voucher_handle gives for a stored code; null for a computed one.
create or replace function voucher_handle_hash(p_handle bytea) returns bytea
language sql immutable parallel safe as $$
  select case when get_byte(p_handle, 0) = 0 then substring(p_handle from 2 for 32) end
$$;
