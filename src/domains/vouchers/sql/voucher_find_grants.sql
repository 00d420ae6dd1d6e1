-- Which users may issue codes of which batches, as a certain partner or (null) as any, in the order of the keys.
create or replace function voucher_find_grants(p_keys jsonb)
returns setof boolean
language plpgsql stable set enable_seqscan = off as $$
begin
  return query
  select coalesce(case when k.partner_code is null
    then (select true from voucher_grant g where g.mix_id = k.mix_id and g.user_id = k.user_id limit 1)
    else (select true from voucher_grant g
      where g.mix_id = k.mix_id and g.user_id = k.user_id and g.partner_code = k.partner_code limit 1) end, false)
  from rows from (jsonb_to_recordset(p_keys) as (mix_id text, user_id bigint, partner_code text))
    with ordinality as k (mix_id, user_id, partner_code, n)
  order by k.n;
end $$;
