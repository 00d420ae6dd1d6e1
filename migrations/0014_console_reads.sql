-- What the console's searches need beside the indexes of the hot paths. Block range indexes: they follow the order in which
-- rows come and cost those who write next to nothing, where a tree would cost each of them a further write.

-- The latest wins of an activity, and the wins of a span of time.
create index lottery_grant_time on lottery_grant using brin (granted_at) with (pages_per_range = 32, autosummarize = on);

-- The codes of a user: those bound by it, and those issued to it.
create index voucher_code_user on voucher_code using brin (bound_hash bytea_bloom_ops, issued_to text_bloom_ops)
  with (pages_per_range = 32, autosummarize = on);

-- Orders of a span of time.
create index ticketing_order_time on ticketing_order using brin (created_at) with (pages_per_range = 32, autosummarize = on);
