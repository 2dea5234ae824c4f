-- Up to where the journal of sales was cleared, which would grow for ever. Who asks for what lies before is told so.
create table sale_horizon (
  single      boolean primary key default true check (single),
  transaction xid8    not null,
  id          bigint  not null
);
