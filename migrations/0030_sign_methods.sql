-- An app may be held to some digests: md5 and hmac can be switched off where every caller can do better.
alter table platform_app add column sign_methods text[] not null default '{}'
  check (sign_methods <@ '{md5,hmac,hmac-sha256}'::text[]);
comment on column platform_app.sign_methods is 'Digests that calls may be signed with; empty for any.';
