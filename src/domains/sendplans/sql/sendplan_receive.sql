-- Receives of one plan in arrival order. A command bears: at (epoch ms), isv_id, circle_id, circle_content, user_hash
-- (hex; receives are kept by it), also (hashes of the other names in the call; may be absent), user_sealed (base64),
-- request_id, draw (a number from 0 to below 1). Answers one row a command, in order; outcome is the ret_code of the
-- method. A request_id is known again by person, content, partner and circle. Names of one call become those of one
-- person in the batch and beyond. The planner takes the lists of a batch for much shorter than they are, so it is told
-- to hash them, and to look tables up by their indexes.
create or replace function sendplan_receive(p_plan_id bigint, p_commands jsonb)
returns table (outcome integer, receipt_id bigint, item_id bigint, item_name text, units integer,
  start_time timestamptz, end_time timestamptz)
language plpgsql set enable_seqscan = off set enable_nestloop = off as $$
declare
  plan sendplan;
  items sendplan_receive_items;
  asked sendplan_receive_asked;
  names sendplan_receive_names;
  decided sendplan_receive_decided;
begin
  select * into plan from sendplan where id = p_plan_id for no key update;
  perform sendplan_receive_hold_persons(plan.isv_id, p_commands);
  select array_agg(i.id order by i.id), array_agg(i.name order by i.id), array_agg(i.weight order by i.id),
    array_agg(coalesce(i.consume_inventory, 1) order by i.id),
    array_agg(i.total_inventory - i.consumed_inventory order by i.id), array_agg(i.valid_days order by i.id)
  into items
  from sendplan_item i where i.plan_id = p_plan_id;
  asked := sendplan_receive_match(plan, p_commands);
  names := sendplan_receive_names(p_plan_id, asked);
  decided := sendplan_receive_decide(plan, items, asked, names);
  update sendplan_item i set consumed_inventory = i.consumed_inventory + t.taken
  from unnest(items.id, decided.taken) as t (id, taken) where i.plan_id = p_plan_id and i.id = t.id and t.taken > 0;
  if true = any (decided.joined) then
    perform sendplan_receive_join(names.hash, names.person, decided.parent, decided.joined);
  end if;
  return query select * from sendplan_receive_write(plan, items, asked, names, decided);
end $$;
