-- What scalable-core keeps in the database is in this schema alone.
create schema if not exists scalable;

-- One row for each Idempotency-Key that was used: who may repeat what, and the answer that a repeat gets.
create table scalable.idempotency_key (
  scope        bytea       primary key,      -- SHA-256 of the route, the principal and the key
  fingerprint  bytea       not null,         -- SHA-256 of the method, the path, the query and the body
  expires_at   timestamptz not null,
  status       smallint,                     -- null only inside of the transaction that does the work
  headers      text,                         -- those of the handler, one on a line
  content_type text,
  content      bytea
);

-- For the deletion of what has expired.
create index idempotency_key_expires_at on scalable.idempotency_key (expires_at);
