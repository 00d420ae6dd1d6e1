-- Whoever moves or changes anything of an activity holds its lock until commit and takes it before all others; voucher
-- batches are locked after it, in the order of their ids (docs/concepts/locking.md).
create or replace function lottery_lock(p_spread_id text)
returns void
language sql as $$
  select pg_advisory_xact_lock(hashtextextended('lottery ' || p_spread_id, 0))
$$;
