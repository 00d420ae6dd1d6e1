-- Decides orders of one project in the order given and holds their stock, all of an order or none of it. Timed-out
-- holds are freed first. A command whose cart has an order is answered by that order, or refused if it asks for other
-- things. detail says why a command is refused, vo what was ordered. The settings hold for everything that it calls,
-- and for the checks of foreign keys that it sets off; an order that comes alone would be planned anew each time, to
-- the same end.
create or replace function ticketing_order_submit(p_project_id bigint, p_now timestamptz, p_commands jsonb)
returns table (detail jsonb, vo json)
language plpgsql set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  counts record := ticketing_project_lock(p_project_id);
  last_id bigint := counts.order_count + 1000000000::bigint * (
    select project.project_no from ticketing_project project where project.project_id = p_project_id);
  matched record;
  needs ticketing_needs;
  decided record;
begin
  perform ticketing_order_expire(p_project_id, p_now, 5000);
  select * into matched from ticketing_order_match(p_project_id, p_commands);
  needs := ticketing_order_needs(p_project_id, p_commands, matched.goods);
  select * into decided from ticketing_order_decide(last_id, matched.submitted, needs);
  if decided.made_count > 0 then
    update ticketing_project_count set order_count = order_count + decided.made_count where project_id = p_project_id;
    perform ticketing_order_write(p_project_id, p_commands, matched.goods, decided.made);
    update ticketing_price tier set held_count = tier.held_count + taken.n
    from (
      select event_id, price_id, (had - has)::integer as n
      from unnest(needs.event_id, needs.price_id, needs.kind, needs.capacity, decided.remaining)
        as thing (event_id, price_id, kind, had, has)
      where kind = 1 and has < had
    ) taken
    where tier.project_id = p_project_id and tier.event_id = taken.event_id and tier.price_id = taken.price_id;
  end if;
  return query
    select command.detail, found.vo
    from unnest(decided.details, decided.orders) with ordinality as command (detail, order_id, n)
    left join lateral ticketing_order_vo(p_project_id, case when command.detail is null then command.order_id end) found
      on true
    order by command.n;
end
$$;
