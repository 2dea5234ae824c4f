create table product (
  id          bigint generated always as identity primary key,
  name        text   not null check (length(name) between 1 and 200),
  price_cents bigint not null check (price_cents >= 0)
);
create index product_search on product using gin (to_tsvector('simple', name));
