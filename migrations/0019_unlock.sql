-- Whoever unlocks an operator wants that person in at once, also where the address was locked for the same wrong guesses.
create table platform_operator_trial (
  login text not null references platform_operator on delete cascade,
  address bytea not null,
  tried_at timestamptz not null,
  primary key (login, address)
);
comment on table platform_operator_trial is
  'From where operators were tried to be logged in within the last day, whatever came of it. address: as platform_operator_guess.guesser has it; its guesses are forgotten with those at the operator.';
create index on platform_operator_trial (tried_at);
