-- Voids codes of a batch and returns those it voided: normal ones, expired or not. Consumed and voided ones stay as
-- they are. A bound code's place among those its user may bind becomes free.
create or replace function voucher_void(p_mix_id text, p_sequences bigint[], p_at timestamptz)
returns table (sequence bigint)
language sql as $$
  select s.sequence
  from voucher_operate(p_mix_id, jsonb_build_array(
      jsonb_build_object('kind', 'void', 'sequences', to_jsonb(p_sequences))), p_at) o,
    jsonb_array_elements(o.results) with ordinality as r (result, k)
    join unnest(p_sequences) with ordinality as s (sequence, k) using (k)
  where r.result ->> 0 = 'OK'
$$;
