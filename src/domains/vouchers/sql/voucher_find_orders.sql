-- The orders of a number, of every app (and of p_app_key, which is none) in every batch, or in one.
create or replace function voucher_find_orders(p_ext_order_id text, p_mix_id text, p_app_key text)
returns table (mix_id text, sequences bigint[])
language plpgsql stable set enable_seqscan = off as $$
begin
  return query
  select o.mix_id, o.sequences
  from voucher_batch b cross join (select app_key from platform_app union all select p_app_key) app
  cross join lateral (
    select * from voucher_order x
    where x.mix_id = b.mix_id and x.app_key = app.app_key and x.ext_order_id = p_ext_order_id limit 1
  ) o
  where p_mix_id is null or b.mix_id = p_mix_id;
end $$;
