create index concurrently product_name on product (name);
