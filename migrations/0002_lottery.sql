-- Draw activities (taobao.film.lottery.performance.config.query) and the stock of their segments.

create table lottery_activity (
  spread_id text primary key check (length(spread_id) between 1 and 128),
  platform bigint not null,
  name text not null check (length(name) <= 200),
  status smallint not null check (status in (1, 2))
);
comment on table lottery_activity is 'A draw activity. platform: the one channel it belongs to. status: 1 on shelf, 2 off shelf.';

-- timestamptz(0): bounds are whole seconds, so what is shown is what holds.
create table lottery_segment (
  spread_id text not null references lottery_activity,
  segment_no integer not null check (segment_no > 0),
  start_time timestamptz(0) not null,
  end_time timestamptz(0) not null check (end_time >= start_time),
  win_times bigint not null check (win_times >= 0),
  consumed_win_times bigint not null default 0,
  primary key (spread_id, segment_no),
  unique (spread_id, start_time),
  check (consumed_win_times between 0 and win_times)
);
comment on table lottery_segment is
  'A span of an activity with its own stock. end_time: its last second, inclusive. win_times: wins allowed; consumed_win_times: wins given. segment_no names the segment for good, also when its bounds change.';
