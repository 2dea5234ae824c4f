create table stock (
  product_id bigint primary key references product on delete cascade,
  available  int    not null check (available >= 0)
);
-- Without a reference to the product: what was ordered stays true when the product is gone.
create table orders (
  id          bigint      generated always as identity primary key,
  account_id  bigint      not null references account,
  product_id  bigint      not null,
  quantity    int         not null check (quantity > 0),
  price_cents bigint      not null check (price_cents >= 0),
  state       text        not null default 'PLACED' check (state in ('PLACED', 'CANCELLED')),
  placed_at   timestamptz not null default now()
);
create index orders_of_account on orders (account_id, id);
-- Read by transaction and id; the feed says why.
create table sale (
  id          bigint      generated always as identity,
  transaction xid8        not null default pg_current_xact_id(),
  product_id  bigint      not null,
  order_id    bigint      not null,
  quantity    int         not null,
  available   int         not null check (available >= 0),
  at          timestamptz not null default now(),
  primary key (transaction, id)
);
