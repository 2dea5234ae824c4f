-- One row for each invalidation that was announced in a transaction: it is there exactly if what it announces is.
create table scalable.cache_outbox (
  id         bigint      generated always as identity primary key,
  namespace  text        not null,               -- SCALABLE_CACHE_NAMESPACE: services may share this table
  cache      text        not null,
  keys       text[]      not null,               -- none: all keys of the cache
  created_at timestamptz not null default clock_timestamp(),
  taken_in   text        collate "C" not null default '',   -- the epoch in which Redis has taken it; '' for none
  taken_at   timestamptz                         -- when that was known here
);

-- For the relay, which looks for what was not taken in the present epoch, and for the deletion of old rows.
create index cache_outbox_taken on scalable.cache_outbox (namespace, taken_in, taken_at);
