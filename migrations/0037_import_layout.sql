-- How the parts of an import are read is told by its first one.
alter table voucher_import
  add column delimiter text check (length(delimiter) = 1),
  add column code_column integer check (code_column >= 0),
  add column column_count integer check (column_count >= 0),
  add column quotes_open boolean not null default false;
comment on column voucher_import.delimiter is 'What stands between the fields; null in an import from before, which has commas and its codes in the first column.';
comment on column voucher_import.code_column is 'The column of the codes, from 0.';
comment on column voucher_import.column_count is 'Columns of the heading, 0 when there is none.';
comment on column voucher_import.quotes_open is 'Whether a part opened quotes that no line closed: nothing after it is read as a code.';
