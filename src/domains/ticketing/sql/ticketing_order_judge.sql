-- What stands in the way of each command as a whole, its lines and its limits; the code is null if nothing does. It
-- names the event whose limit is passed, and of a package that holds nothing that nothing is left.
create or replace function ticketing_order_judge(p_commands jsonb, p_goods ticketing_goods[])
returns table (n integer, code integer, detail jsonb, goods_money numeric, receivable_money numeric)
language sql stable as $$
  with command as (
    select * from rows from (jsonb_to_recordset(p_commands) as (receivable_money bigint, user_id text,
      has_bearer boolean))
      with ordinality as command (expected, user_id, has_bearer, n)
  ), line as (
    select goods.n, min(goods.line_no * 100000 + goods.code) as first_code,
      sum(goods.goods_count * goods.price::numeric) as goods_money, sum(goods.money) as receivable_money,
      sum(goods.goods_count::bigint * goods.tickets) as tickets,
      min(goods.line_no) filter (where goods.event_limit_type = 2
        and goods.bearer_count <> goods.goods_count * goods.tickets) as unnamed,
      bool_or(goods.event_limit_type = 1) as wants_bearer, bool_or(goods.user_limit is not null) as wants_user
    from unnest(p_goods) goods group by goods.n
  ), crowded as (
    select distinct on (event.n) event.* from (
      select goods.n, goods.event_id, max(goods.order_limit) as order_limit,
        sum(goods.goods_count::bigint * goods.tickets) as tickets
      from unnest(p_goods) goods group by goods.n, goods.event_id
    ) event where event.tickets > event.order_limit
  )
  select command.n::integer, verdict.code,
    case when verdict.code is not null then jsonb_build_object('code', verdict.code, 'expected', line.receivable_money,
      'limit', crowded.order_limit,
      'event_id', case when verdict.code = 10232 then crowded.event_id else goods.event_id end, 'price_id',
        goods.price_id,
      'child_price_id', goods.child_price_id, 'line_no', goods.line_no,
      'needed', goods.goods_count * goods.tickets, 'left', case when verdict.code = 10231 then 0 end, 'field',
        verdict.field) end,
    line.goods_money, line.receivable_money
  from command
  join line on line.n = command.n
  left join crowded on crowded.n = command.n
  cross join lateral (
    select case when first_code is not null then first_code % 100000
        when line.tickets > 1000 or line.goods_money > 9007199254740991 then 10220
        when crowded.n is not null then 10232
        when wants_user and user_id is null then 10220
        when unnamed is not null or (wants_bearer and not has_bearer) then 10234
        when expected <> line.receivable_money then 10230 end as code,
      case when line.tickets > 1000 or line.goods_money > 9007199254740991 then 'goods_count'
        else 'user_id' end as field,
      case when first_code is not null then first_code / 100000 else unnamed end as line_no
  ) verdict
  left join lateral (
    select * from unnest(p_goods) goods where goods.n = command.n and goods.line_no = verdict.line_no
  ) goods on verdict.code is not null
$$;
