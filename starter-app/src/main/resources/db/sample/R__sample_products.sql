-- Something to look at, for development and tests: applied only where STARTER_SAMPLE_PRODUCTS says how many.
insert into product (name, price_cents, stock)
select 'Product ' || n, 100 + n * 7 % 9900, 10 + n % 90 from generate_series(1, ${sample_products}) as n
where not exists (select 1 from product);
