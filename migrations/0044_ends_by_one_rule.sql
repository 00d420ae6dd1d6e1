-- What is over already is refused by one rule for every save (src/contract/period.ts), which names the field and its end.
drop function lottery_over(jsonb, timestamptz);
