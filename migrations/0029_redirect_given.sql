-- A client that asked /authorize without a redirect_uri need not send one to /token either (RFC 6749 4.1.3).
alter table platform_authorization_code add column redirect_uri_given boolean not null default true;
comment on column platform_authorization_code.redirect_uri_given is 'Whether /authorize was asked with the address, which /token must then repeat.';
