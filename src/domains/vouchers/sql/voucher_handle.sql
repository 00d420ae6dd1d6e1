-- What is handed out for a code; openIssuedCodes of the voucher domain reads it: of a stored code its keyed hash and
-- what is sealed, one after the other, else what it is computed from. Nothing of it tells the code without the
-- platform's key, so a receipt may keep it.
create or replace function voucher_handle(p_batch voucher_batch, p_sequence bigint, p_stored bytea)
returns bytea
language sql immutable parallel safe as $$
  select case when p_stored is not null then '\x00'::bytea || p_stored
    else '\x01'::bytea || convert_to(json_build_object('mix_id', p_batch.mix_id, 'sequence', p_sequence,
      'pattern', p_batch.code_pattern, 'alphabet', p_batch.code_alphabet, 'check', p_batch.code_check)::text,
        'UTF8') end
$$;
