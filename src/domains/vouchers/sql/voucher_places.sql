-- Where codes of a batch are, which must be locked. "= any" of a further column of an index is read key by key from
-- PostgreSQL 17 on, twice as fast as to look up each; before, it may be checked on every code of the batch.
create or replace function voucher_places(p_mix_id text, p_sequences bigint[])
returns tid[]
language plpgsql set enable_seqscan = off as $$
begin
  if current_setting('server_version_num')::integer >= 170000 then
    return array(select c.ctid from voucher_code c where c.mix_id = p_mix_id and c.sequence = any (p_sequences));
  end if;
  return array(
    select c.place from (select distinct s from unnest(p_sequences) s) k cross join lateral (
      select x.ctid as place from voucher_code x where x.mix_id = p_mix_id and x.sequence = k.s limit 1) c);
end $$;
