-- Whose an order number of sendcode is. The orders themselves stand with the codes of their batch, so that issuing touches
-- one shard; that a number of an app serves for one batch alone is decided here beforehand, on the shard of the app.
create table voucher_order_number (
  app_key text collate "C" not null,
  ext_order_id text collate "C" not null check (length(ext_order_id) between 1 and 64),
  mix_id text not null,
  primary key (app_key, ext_order_id)
);
comment on table voucher_order_number is
  'The batch that an order number of an app (the distribution column) was first asked for, whether codes were issued then or not. Rows never change.';

-- A number that stands in several batches from before is that of its oldest order.
insert into voucher_order_number (app_key, ext_order_id, mix_id)
  select app_key, ext_order_id, mix_id from voucher_order order by ordered_at, mix_id
  on conflict do nothing;

-- Claims order numbers of one app for batches, in the order given. p_claims: [[ext_order_id, mix_id], …]. Gives the batch
-- that each number belongs to: that of the first claim there was, run again the same.
create function voucher_claim_numbers(p_app_key text, p_claims jsonb) returns text[]
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
comment on function voucher_claim_numbers is
  'Claims order numbers of one app (the distribution column) for batches; the first claim of a number stands.';
