-- Draws (taobao.film.lottery.performance) and their voiding: activities, segments, prizes, wins, and the ledger of
-- every counter. What is hot bears the activity's platform, the distribution column: the key of a call is unique among
-- the calls of one app for one channel, so a draw finds key, stock and receipt in one place.

create table lottery_activity (
  spread_id text primary key check (length(spread_id) between 1 and 128),
  platform bigint not null,
  name text not null check (length(name) <= 200),
  status smallint not null check (status in (1, 2)),
  user_limit integer check (user_limit > 0),
  user_day_limit integer check (user_day_limit > 0),
  unique (platform, spread_id)
);
comment on table lottery_activity is
  'A draw activity. platform: the one channel it belongs to. status: 1 on shelf, 2 off shelf. user_limit, '
  'user_day_limit: standing wins one user may have in all, and of one day (GMT+8); null without limit.';

-- timestamptz(0): bounds are whole seconds, so what is shown is what holds. Segments that move together may pass over
-- each other's times: that they do not overlap is judged at the end. Each batch rewrites its row: room on the page
-- keeps the new version there.
create table lottery_segment (
  platform bigint not null,
  spread_id text not null,
  segment_no integer not null check (segment_no > 0),
  start_time timestamptz(0) not null,
  end_time timestamptz(0) not null check (end_time >= start_time),
  win_times bigint not null check (win_times >= 0),
  consumed_win_times bigint not null default 0,
  primary key (platform, spread_id, segment_no),
  unique (platform, spread_id, start_time) deferrable initially deferred,
  foreign key (platform, spread_id) references lottery_activity (platform, spread_id) on update cascade,
  check (consumed_win_times between 0 and win_times)
) with (fillfactor = 40);
comment on table lottery_segment is
  'A span of an activity with its own stock. end_time: its last second, inclusive. win_times: wins allowed; '
  'consumed_win_times: wins given. segment_no names the segment for good, also when its bounds change.';
create index on lottery_segment (spread_id);
-- What goes on now is found by its end.
create index on lottery_segment (end_time);

create table lottery_prize (
  platform bigint not null,
  spread_id text collate "C" not null,
  prize_no integer not null check (prize_no > 0),
  weight integer not null check (weight between 0 and 1000000),
  total_count bigint check (total_count >= 0),
  consumed_count bigint not null default 0,
  reward_no integer not null check (reward_no > 0),
  primary key (platform, spread_id, prize_no),
  foreign key (platform, spread_id) references lottery_activity (platform, spread_id) on update cascade,
  check (consumed_count between 0 and coalesce(total_count, consumed_count))
) with (fillfactor = 40);
comment on table lottery_prize is
  'A prize of an activity, drawn by weight among those with stock; weight 0: never. total_count: its own stock, null '
  'when only the segments limit it. consumed_count: standing wins of it. reward_no: what it brings now.';

create table lottery_reward (
  platform bigint not null,
  spread_id text collate "C" not null,
  reward_no integer not null check (reward_no > 0),
  prize_no integer not null,
  reward_title text not null check (length(reward_title) <= 200),
  reward_sub_title text check (length(reward_sub_title) <= 200),
  reward_type smallint not null check (reward_type in (1, 2, 14)),
  reward_sub_type smallint not null,
  reward_count bigint not null check (reward_count > 0),
  reward_unit text check (length(reward_unit) <= 20),
  cost_price bigint not null check (cost_price >= 0),
  gmt_expire timestamptz(0),
  expire_days integer check (expire_days between 1 and 36500),
  reward_ext text check (length(reward_ext) <= 4000),
  mix_id text check (length(mix_id) between 1 and 128),
  code_count integer not null default 0 check (code_count between 0 and 100),
  primary key (platform, spread_id, reward_no),
  foreign key (platform, spread_id) references lottery_activity (platform, spread_id) on update cascade,
  check (gmt_expire is null or expire_days is null),
  check ((mix_id is null) = (code_count = 0)),
  check (case reward_type when 14 then reward_sub_type in (5, 7, 8) else reward_sub_type in (1, 2) end)
);
comment on table lottery_reward is
  'What a prize brings, never changed once it is there: a change of the prize adds a reward, and a win keeps its own. '
  'cost_price in fen. gmt_expire: fixed expiry; expire_days: expiry in days of 24 hours from the win. mix_id, '
  'code_count: batch and number of voucher codes that come with it.';

create table lottery_adjustment (
  platform bigint not null,
  spread_id text collate "C" not null,
  adjust_id text collate "C" not null check (length(adjust_id) between 1 and 128),
  counter text not null check (counter in ('win_times', 'consumed_win_times', 'total_count', 'consumed_count')),
  counter_no integer not null,
  delta bigint not null,
  stock bigint not null,
  reason text not null check (length(reason) between 1 and 200),
  app_key text,
  adjusted_at timestamptz not null,
  primary key (platform, spread_id, adjust_id),
  foreign key (platform, spread_id) references lottery_activity (platform, spread_id) on update cascade
);
comment on table lottery_adjustment is
  'Changes of stock that are no draws, append-only. adjust_id: the administrator''s key of the change, which makes a '
  'repetition harmless; opening:… for the stock a segment or prize began with. counter_no: segment_no or prize_no. '
  'stock: the counter after it. app_key: who; null at the beginning.';

-- Wins. A claim is met by its key alone: without activity and user it is never met by who reads the wins of an activity
-- or a user.
create table lottery_grant (
  platform bigint not null,
  out_biz_id text collate "C" not null,
  app_key text collate "C" not null,
  spread_id text collate "C" not null,
  mix_user_id text collate "C" not null,
  segment_no integer not null,
  reward_no integer,
  result_code smallint not null,
  granted_at timestamptz not null,
  limited boolean not null,
  invalid_at timestamptz,
  claimed_platform bigint,
  primary key (platform, out_biz_id, app_key),
  constraint lottery_grant_win_or_claim_check check (case when claimed_platform is null then result_code in (1, 3, 4)
    else result_code = 0 and claimed_platform <> platform and spread_id = '' and mix_user_id = '' end)
);
comment on table lottery_grant is
  'Every win, the receipt of a draw and the ledger of what draws take; written under the lock of its activity. '
  'mix_user_id: the partner''s open id, or mask and keyed hash of a phone number. reward_no: null in an activity '
  'without prizes. result_code: 1 all issued, 3 codes are missing and a retry may bring them, 4 codes are missing for '
  'good. limited: counts for a limit per user. invalid_at: when it was voided; a voided win counts nowhere. '
  'claimed_platform: null for a win; else the row is no win but says that the key of the app, whose home is platform, '
  'is for draws in that other channel, since granted_at and for good.';
-- A user's wins, and the latest of an activity: next to nothing to write, where a tree would cost each draw a quarter
-- more.
create index lottery_grant_user on lottery_grant using brin (mix_user_id text_bloom_ops, granted_at);
create index lottery_grant_limited on lottery_grant (platform, spread_id, mix_user_id) where limited;

create table lottery_grant_code (
  platform bigint not null,
  out_biz_id text collate "C" not null,
  app_key text collate "C" not null,
  sequence bigint not null,
  mix_id text not null,
  code_hash bytea check (length(code_hash) = 32),
  code_sealed bytea not null,
  primary key (platform, out_biz_id, app_key, sequence),
  foreign key (platform, out_biz_id, app_key) references lottery_grant
);
comment on table lottery_grant_code is
  'The voucher codes a win brought: batch, sequence there, and what the voucher domain opens the code from: what is '
  'sealed, with its keyed hash, or with no hash what the code is computed from.';

create table lottery_lacking (
  platform bigint not null,
  spread_id text collate "C" not null,
  granted_at timestamptz not null,
  out_biz_id text collate "C" not null,
  app_key text collate "C" not null,
  primary key (platform, spread_id, granted_at, out_biz_id, app_key)
);
comment on table lottery_lacking is
  'Wins that lacked codes when they were drawn or asked for again; whether they still do, lottery_grant tells. Apart '
  'from it, so that wins with all their codes cost nothing.';

-- The key of a draw is one for an app, also over channels. Wins stand with their channel, so what is drawn in two
-- channels would never meet. So each app has a home, the channel of its first draw, and a draw in any other channel
-- claims its key at home beforehand, under the very primary key of the wins there: a win and a claim exclude each
-- other, and draws at home do nothing for it.
create table lottery_home (
  app_key text collate "C" primary key,
  platform bigint not null
);
comment on table lottery_home is
  'The channel in which an app drew first, where its keys are claimed for all others. Small, rows never change.';

create view audit_lottery (counter, key, counted, ledger) as
  with win as (
    select g.platform, g.spread_id, g.segment_no, r.prize_no, count(*) as wins
    from lottery_grant g left join lottery_reward r using (platform, spread_id, reward_no)
    where g.invalid_at is null group by 1, 2, 3, 4
  ), entry as (
    select a.platform, a.spread_id, a.counter, a.counter_no, sum(a.delta) as delta
    from lottery_adjustment a group by 1, 2, 3, 4
  ), place as (
    select platform, spread_id, 'win_times' as counter, segment_no as counter_no, win_times as counted, 0 as wins
    from lottery_segment
    union all
    select platform, spread_id, 'consumed_win_times', segment_no, consumed_win_times, (
      select sum(w.wins) from win w
      where w.platform = s.platform and w.spread_id = s.spread_id and w.segment_no = s.segment_no)
    from lottery_segment s
    union all
    select platform, spread_id, 'total_count', prize_no, total_count, 0 from lottery_prize where total_count is not null
    union all
    select platform, spread_id, 'consumed_count', prize_no, consumed_count, (
      select sum(w.wins) from win w
      where w.platform = p.platform and w.spread_id = p.spread_id and w.prize_no = p.prize_no)
    from lottery_prize p
  )
  select 'lottery.' || place.counter, place.spread_id || '/' || place.counter_no, place.counted,
    (coalesce(place.wins, 0) + coalesce(entry.delta, 0))::bigint
  from place left join entry using (platform, spread_id, counter, counter_no);
comment on view audit_lottery is
  'Each counter of this domain beside what its ledger says. win_times and total_count: the sum of their adjustments. '
  'consumed_win_times, consumed_count: standing wins, with what was there at the opening.';
