package dev.scalable.starter.catalog;

import java.util.List;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jspecify.annotations.Nullable;

/** The SQL of products. */
@RegisterConstructorMapper(Product.class)
interface Products {

  @SqlQuery("select id, name, price_cents from product where id = :id")
  @Nullable Product find(long id);

  /** Products after an id. A page costs the same wherever it lies, since the index leads straight to its first row. */
  @SqlQuery("select id, name, price_cents from product where id > :after order by id limit :limit")
  List<Product> page(long after, int limit);

  /** Those of them whose names have all of these words. */
  @SqlQuery("""
      select id, name, price_cents from product
      where id > :after and to_tsvector('simple', name) @@ plainto_tsquery('simple', :words) order by id limit :limit
      """)
  List<Product> search(String words, long after, int limit);

  @SqlQuery("insert into product (name, price_cents) values (:name, :priceCents) returning id, name, price_cents")
  Product create(@BindMethods ProductDetails details);

  /** The product as changed, or null when there is none. */
  @SqlQuery("""
      update product set name = :name, price_cents = :priceCents where id = :id returning id, name, price_cents
      """)
  @Nullable Product update(long id, @BindMethods ProductDetails details);

  @SqlUpdate("delete from product where id = :id")
  int delete(long id);
}
