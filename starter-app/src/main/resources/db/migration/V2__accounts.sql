create table account (
  id         bigint      generated always as identity primary key,
  name       text        not null check (length(name) between 1 and 60),
  created_at timestamptz not null default now()
);
create table access_token (
  digest     text        primary key check (digest ~ '^[0-9a-f]{64}$'),
  account_id bigint      not null references account on delete cascade,
  scope      text        not null,
  expires_at timestamptz not null
);
create index access_token_account on access_token (account_id);
