-- The latest wins of an activity, for the console: the block range index that finds the wins of a user tells times too. A
-- second index would cost each draw a further write, this column costs next to nothing.
drop index lottery_grant_user;
create index lottery_grant_user on lottery_grant using brin (mix_user_id text_bloom_ops, granted_at);
