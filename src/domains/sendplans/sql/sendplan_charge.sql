-- Charges of one business code in arrival order. A command bears: at (epoch ms), order_no, member_hash (hex),
-- member_sealed (base64). Answers one number a command, in order: 0 charged, 2005 the order_no was used for another
-- phone. Months count from the first day of the membership, and a charge at its very end continues it.
create or replace function sendplan_charge(p_biz_code text, p_commands jsonb)
returns setof integer
language plpgsql set enable_seqscan = off set enable_nestloop = off as $$
declare
  biz sendplan_biz;
  months integer;
begin
  select * into biz from sendplan_biz b where b.biz_code = p_biz_code for no key update;
  months := (array[1, 3, 12])[biz.perform_type];
  return query
  with command as materialized (
    select c.order_no, decode(c.member_hash, 'hex') as member, c.member_sealed, to_timestamp(c.at / 1000) as at, n,
      row_number() over (partition by c.order_no order by n) as turn,
      first_value(c.member_hash) over (partition by c.order_no order by n) = c.member_hash as same
    from rows from (jsonb_to_recordset(p_commands) as (at bigint, order_no text, member_hash text, member_sealed text))
      with ordinality as c (at, order_no, member_hash, member_sealed, n)
  ), known as materialized (
    select c.*, stored.member_hash as stored_member from command c
    left join lateral (
      select s.member_hash from sendplan_charge s where s.biz_code = p_biz_code and s.order_no = c.order_no limit 1
    ) stored on true
  ), fresh as materialized (
    select k.*, row_number() over (partition by k.member order by k.n) as nth,
      first_value(k.at) over (partition by k.member order by k.n) as first_at, vip.start_time as old_start,
        vip.end_time as old_end
    from known k
    left join lateral (
      select v.start_time, v.end_time from sendplan_vip v where v.biz_code = p_biz_code
        and v.member_hash = k.member limit 1
    ) vip on true
    where k.turn = 1 and k.stored_member is null
  ), chain as materialized (
    -- What is charged while a membership runs, up to its end, follows it; else a new one begins now.
    select f.*, coalesce(old_end >= first_at, false) as runs, case when old_end >= first_at then old_start
      else first_at end
        as new_start,
      case when old_end >= first_at then sendplan_months_between(old_start, old_end) else 0 end as paid_months
    from fresh f
  ), paid as materialized (
    select c.*, case when nth = 1 and runs then old_end
        else sendplan_months_later(new_start, paid_months + months * (nth - 1)::integer) end as from_time,
      sendplan_months_later(new_start, paid_months + months * nth::integer) as to_time
    from chain c
  ), members as (
    insert into sendplan_vip as v (biz_code, member_hash, member_sealed, charge_count, start_time, end_time, renewing)
    select p_biz_code, p.member, decode(min(p.member_sealed), 'base64'), count(*), min(p.new_start), max(p.to_time),
      biz.auto_renew
    from paid p group by p.member order by p.member
    on conflict (biz_code, member_hash) do update set charge_count = v.charge_count + excluded.charge_count,
      start_time = excluded.start_time, end_time = excluded.end_time, renewing = excluded.renewing
  ), charges as (
    insert into sendplan_charge (biz_code, order_no, member_hash, start_time, end_time, charged_at)
    select p_biz_code, p.order_no, p.member, p.from_time, p.to_time, p.at from paid p order by p.n
  )
  select case when k.stored_member <> k.member or (k.stored_member is null and not k.same) then 2005 else 0 end
  from known k order by k.n;
end $$;
