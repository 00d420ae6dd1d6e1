-- What /ready writes to learn whether the database can still be written: a full disk answers reads for long.
create unlogged table platform_probe (filler text not null);
comment on table platform_probe is
  'Always empty: truncating it and adding a row needs room on the disk, and is rolled back.';
