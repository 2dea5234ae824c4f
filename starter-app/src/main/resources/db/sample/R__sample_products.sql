-- Something to look at, for development and tests: applied only where STARTER_SAMPLE_PRODUCTS says how many.
insert into product (name, price_cents)
select 'Product ' || n, 100 + n * 7 % 9900 from generate_series(1, ${sample_products}) as n
where not exists (select 1 from product);
insert into stock (product_id, available) select id, 10 + id % 90 from product
on conflict do nothing;
