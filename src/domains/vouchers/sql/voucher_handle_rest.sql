-- What voucher_handle gives without the keyed hash: the sealed code, or the handle of a computed one as it is.
create or replace function voucher_handle_rest(p_handle bytea) returns bytea
language sql immutable parallel safe as $$
  select case when get_byte(p_handle, 0) = 0 then substring(p_handle from 34) else p_handle end
$$;
