-- Tiers and packages with what can be sold of them: the one place from which every read takes it. A package goes no further
-- than the tiers that it holds do, whatever its own stock is.
create view ticketing_price_shown as
select project_id, event_id, price_id, price_name, price_name_en, price, price_color, is_support_free_combination,
  is_coupon_ticket, is_package_only, goods_count, sale_count, held_count,
  case when is_coupon_ticket = 0 then margin_count else least(margin_count, coalesce((
    select min(child.margin_count / part.child_num)
    from ticketing_price_child part
    join ticketing_price child
      on child.project_id = part.project_id and child.event_id = part.event_id and child.price_id = part.child_price_id
    where part.project_id = tier.project_id and part.event_id = tier.event_id and part.price_id = tier.price_id
  ), 0)) end as margin_count
from ticketing_price tier;
comment on view ticketing_price_shown is
  'ticketing_price, with margin_count as it is shown: of a package no more than its children allow, and none if it holds nothing.';
