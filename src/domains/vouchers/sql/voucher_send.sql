-- Answers orders of one batch in their order, all or nothing each. p_commands: [{"app_key", "ext_order_id", "content":
-- hex, "count", "users": […] or absent}, …]. Each gets {"state": "ok" | "conflict" | "off_shelf" | "expired" |
-- "short", "order", "codes": [hex of what openIssuedCode reads, …]}. An order number that was answered with codes is
-- answered by the same ones again.
create or replace function voucher_send(p_mix_id text, p_commands jsonb, p_now timestamptz)
returns table (answer jsonb)
language plpgsql set enable_seqscan = off as $$
#variable_conflict use_column
declare
  batch voucher_batch;
  fresh integer[];
begin
  select * into batch from voucher_batch b where b.mix_id = p_mix_id for no key update;
  -- The first of equal order numbers counts, and only if none is stored.
  fresh := array(
    select min(n)::integer from jsonb_array_elements(p_commands) with ordinality as u (c, n)
    where (select o.mix_id from voucher_order o where o.mix_id = p_mix_id and o.app_key = c ->> 'app_key'
      and o.ext_order_id = c ->> 'ext_order_id') is null
    group by c ->> 'app_key', c ->> 'ext_order_id' order by 1);
  if cardinality(fresh) > 0 then
    insert into voucher_order (mix_id, app_key, ext_order_id, content, sequences, gmt_expire, cost_price, gen_task_id,
      ordered_at)
    select p_mix_id, c ->> 'app_key', c ->> 'ext_order_id', decode(c ->> 'content', 'hex'), i.sequences,
      batch.coupon_expire_time, batch.denomination, batch.gen_task_id, p_now
    from (
      select take_no, array_agg(sequence order by sequence) as sequences
      from voucher_issue_many(p_mix_id, (
        select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('count', c -> 'count', 'users', c -> 'users',
          'ref', (c ->> 'app_key') || ':' || (c ->> 'ext_order_id'))) order by k)
        from unnest(fresh) with ordinality as f (n, k), lateral (select p_commands -> (n - 1) as c) as g
      ), p_now) group by take_no
    ) i, lateral (select p_commands -> (fresh[i.take_no] - 1) as c) as g;
  end if;
  return query
    select case
      when o.mix_id is not null and o.content <> decode(c ->> 'content', 'hex') then '{"state": "conflict"}'
      when o.mix_id is not null then jsonb_build_object('state', 'ok', 'gmt_expire', o.gmt_expire, 'cost_price',
        o.cost_price,
        'gen_task_id', o.gen_task_id, 'codes', (
          select jsonb_agg(encode(voucher_handle(batch, v.sequence, v.code_hash || v.code_sealed), 'hex')
            order by v.sequence)
          from unnest(o.sequences) s cross join lateral (
            select * from voucher_code x where x.mix_id = p_mix_id and x.sequence = s limit 1) v))
      when batch.status <> 1 then '{"state": "off_shelf"}'
      when period_over(batch.coupon_expire_time, p_now) then '{"state": "expired"}'
      else '{"state": "short"}' end
    from jsonb_array_elements(p_commands) with ordinality as u (c, n)
    left join lateral (
      select * from voucher_order o where o.mix_id = p_mix_id and o.app_key = c ->> 'app_key'
        and o.ext_order_id = c ->> 'ext_order_id' offset 0) o on true
    order by u.n;
end
$$;
