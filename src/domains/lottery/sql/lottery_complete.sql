-- Gives the wins of an activity that lack codes what their batches have now: the one named, or the oldest p_most of
-- all. Run again it gives nothing twice. Returns {"completed", "lacking"}, wins that have all their codes by this and
-- those that are left, or {"refusal"}: activity-not-found, win-not-found.
create or replace function lottery_complete(p_spread_id text, p_out_biz_id text, p_app_key text, p_most integer,
  p_now timestamptz)
returns jsonb
language plpgsql set enable_seqscan = off as $$
declare
  own_platform bigint;
  keys text[];
  apps text[];
  lacking integer;
begin
  perform lottery_lock(p_spread_id);
  select a.platform into own_platform from lottery_activity a where a.spread_id = p_spread_id;
  if own_platform is null then return '{"refusal": "activity-not-found"}'; end if;
  if p_out_biz_id is not null and not exists (
    select from lottery_grant g where g.platform = own_platform and g.out_biz_id = p_out_biz_id
      and g.app_key = p_app_key
      and g.spread_id = p_spread_id and g.claimed_platform is null
  ) then
    return '{"refusal": "win-not-found"}';
  end if;
  select array_agg(w.out_biz_id), array_agg(w.app_key) into keys, apps
    from (
      select l.out_biz_id, l.app_key from lottery_find_lacking(own_platform, p_spread_id) l
      where (p_out_biz_id is null or l.out_biz_id = p_out_biz_id and l.app_key = p_app_key)
        and voucher_givable(l.mix_id, 1, p_now) > 0
      order by l.granted_at, l.out_biz_id, l.app_key limit p_most
    ) w;
  for i in 1 .. coalesce(cardinality(keys), 0) loop
    update lottery_grant g set result_code = 3
      where g.platform = own_platform and g.out_biz_id = keys[i] and g.app_key = apps[i] and g.result_code = 4;
  end loop;
  if keys is not null then
    perform lottery_issue_codes(own_platform, keys, apps, p_now);
  end if;
  select count(*) into lacking from lottery_find_lacking(own_platform, p_spread_id) l
    where l.out_biz_id || ' ' || l.app_key = any (array(select k || ' ' || a from unnest(keys, apps) as x (k, a)));
  return jsonb_build_object('completed', coalesce(cardinality(keys), 0) - lacking,
    'lacking', (select count(*) from lottery_find_lacking(own_platform, p_spread_id)));
end $$;
