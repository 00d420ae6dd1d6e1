-- What is to be told of the wins of some commands, with n their numbers.
create or replace function lottery_wins(p_platform bigint, p_keys text[], p_apps text[], p_numbers integer[])
returns json
language plpgsql stable as $$
begin
  return (
    select coalesce(json_agg(json_build_object('n', t.n, 'result_code', g.result_code, 'reward_no', g.reward_no,
      'granted_at', (extract(epoch from g.granted_at) * 1000)::bigint, 'codes', (
        select coalesce(json_agg(encode(case when c.code_hash is null then c.code_sealed
          else '\x00'::bytea || c.code_hash || c.code_sealed end, 'hex') order by c.sequence), '[]')
        from lottery_grant_code c
        where c.platform = p_platform and c.out_biz_id = t.out_biz_id and c.app_key = t.app_key))), '[]')
    from (select n, p_keys[n] as out_biz_id, p_apps[n] as app_key from unnest(p_numbers) as n offset 0) t
    cross join lateral (
      select x.result_code, x.reward_no, x.granted_at from lottery_grant x
      where x.platform = p_platform and x.out_biz_id = t.out_biz_id and x.app_key = t.app_key limit 1
    ) g
  );
end $$;
