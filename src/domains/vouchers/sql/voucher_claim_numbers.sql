-- Claims order numbers of one app for batches, in the order given. p_claims: [[ext_order_id, mix_id], …]. Gives the
-- batch that each number belongs to: that of the first claim there was, run again the same.
create or replace function voucher_claim_numbers(p_app_key text, p_claims jsonb)
returns text[]
language plpgsql set enable_seqscan = off as $$
begin
  -- Sorted, so that two processes that claim the same numbers do not wait for each other.
  insert into voucher_order_number (app_key, ext_order_id, mix_id)
    select p_app_key, c ->> 0, c ->> 1 from jsonb_array_elements(p_claims) with ordinality as x (c, n)
    order by (c ->> 0) collate "C", n
    on conflict do nothing;
  return array(
    select (select o.mix_id from voucher_order_number o where o.app_key = p_app_key and o.ext_order_id = c ->> 0)
    from jsonb_array_elements(p_claims) with ordinality as x (c, n) order by n);
end
$$;
