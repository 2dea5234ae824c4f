package dev.scalable.starter.orders;

import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jspecify.annotations.Nullable;

/** The SQL of stock, but for what orders take from it. */
@RegisterConstructorMapper(Stock.class)
interface Stocks {

  @SqlQuery("select product_id, available from stock where product_id = :productId")
  @Nullable Stock find(long productId);

  /** Sets the stock of a product; null if there is no such product. */
  @SqlQuery("""
      insert into stock (product_id, available) select id, :available from product where id = :productId
      on conflict (product_id) do update set available = excluded.available returning product_id, available
      """)
  @Nullable Stock set(long productId, int available);
}
