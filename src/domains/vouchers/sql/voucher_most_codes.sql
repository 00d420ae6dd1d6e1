-- The most codes that a batch with a pattern may have, so that guessing one is vain (mostCodes of the vouchers'
-- rules).
create or replace function voucher_most_codes(p_pattern text, p_alphabet text, p_check boolean)
returns numeric
language sql immutable as $$
  select div(power(length(p_alphabet)::numeric,
    length(p_pattern) - length(replace(p_pattern, '#', '')) - p_check::integer), 100000)
$$;
