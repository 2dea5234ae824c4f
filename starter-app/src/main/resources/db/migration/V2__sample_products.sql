-- Something to look at in a new clone. Delete this file in an application of your own.
insert into product (name, price_cents, stock)
select 'Product ' || n, 100 + n * 7 % 9900, 10 + n % 90 from generate_series(1, 100) as n;
