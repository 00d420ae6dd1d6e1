-- Until when a code is valid, inclusive; readers and writers both ask this one rule. Days are exact 24 hours.
create or replace function voucher_expire_time(valid_days integer, coupon_expire_time timestamptz,
  bound_time timestamptz)
returns timestamptz
language sql stable parallel safe as $$
  select case when valid_days is null or bound_time is null then coupon_expire_time
    else bound_time + make_interval(hours => valid_days * 24) end
$$;
