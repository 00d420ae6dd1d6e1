-- The users of a batch by keyed hash in hex, each once, with how many codes they have bound. The batch is locked.
create or replace function voucher_operate_users(p_mix_id text, p_hashes text[])
returns voucher_operation_users
language plpgsql set enable_seqscan = off as $$
declare
  users voucher_operation_users;
begin
  select array_agg(k.h), array_agg(coalesce(v.bound_count, 0)), array_agg(coalesce(v.bound_count, 0)), array_agg(false)
    into users
    from (select distinct h from unnest(p_hashes) h where h is not null) k
    left join lateral (
      select x.bound_count from voucher_user x
      where x.mix_id = p_mix_id and x.user_hash = decode(k.h, 'hex') limit 1) v on true;
  return users;
end
$$;
