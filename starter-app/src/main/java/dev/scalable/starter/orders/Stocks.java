package dev.scalable.starter.orders;

import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jspecify.annotations.Nullable;

/** The SQL of stock. Each change is one statement: whoever reads first and writes then sells what somebody else has sold. */
@RegisterConstructorMapper(Stock.class)
interface Stocks {

  @SqlQuery("select product_id, available from stock where product_id = :productId")
  @Nullable Stock find(long productId);

  /** Takes some, and tells what is left; null if there are not so many, or no stock at all. */
  @SqlQuery("""
      update stock set available = available - :quantity where product_id = :productId and available >= :quantity
      returning product_id, available
      """)
  @Nullable Stock take(long productId, int quantity);

  /** Puts some back. */
  @SqlQuery("""
      update stock set available = available + :quantity where product_id = :productId returning product_id, available
      """)
  @Nullable Stock putBack(long productId, int quantity);

  /** Sets the stock of a product; null if there is no such product. */
  @SqlQuery("""
      insert into stock (product_id, available) select id, :available from product where id = :productId
      on conflict (product_id) do update set available = excluded.available returning product_id, available
      """)
  @Nullable Stock set(long productId, int available);
}
