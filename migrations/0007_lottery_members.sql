-- Memberships of Alipay users (taobao.film.member.get), by the id that a partner asks with.
create table lottery_member (
  alipay_id text collate "C" primary key check (length(alipay_id) between 1 and 128),
  mix_user_id text not null check (length(mix_user_id) between 1 and 128),
  nick text not null check (length(nick) <= 64),
  member_level smallint not null check (member_level in (0, 1, 10)),
  expire_date timestamptz,
  invalid_date timestamptz,
  check ((member_level = 0) = (expire_date is null))
);
comment on table lottery_member is
  'Which Taobao user an Alipay user is, and its membership. nick is masked. expire_date: last second of the '
  'membership. invalid_date: when the one before ended.';
