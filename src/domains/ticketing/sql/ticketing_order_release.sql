-- Frees timed-out holds of a project, at most p_most; none if another caller is at work on the project, who frees
-- them.
create or replace function ticketing_order_release(p_project_id bigint, p_now timestamptz, p_most integer)
returns integer
language plpgsql as $$
begin
  perform 1 from ticketing_project_count where project_id = p_project_id for no key update skip locked;
  return case when found then ticketing_order_expire(p_project_id, p_now, p_most) else 0 end;
end
$$;
