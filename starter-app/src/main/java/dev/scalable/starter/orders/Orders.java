package dev.scalable.starter.orders;

import java.util.List;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jspecify.annotations.Nullable;

/** The SQL of orders, and of the journal of sales that others read. An account sees its own orders and no other. */
@RegisterConstructorMapper(Order.class)
interface Orders {

  /** Places an order at the present price; null if there is no such product. */
  @SqlQuery("""
      insert into orders (account_id, product_id, quantity, price_cents)
      select :account, id, :quantity, price_cents from product where id = :productId
      returning id, product_id, quantity, price_cents, state, placed_at
      """)
  @Nullable Order place(long account, long productId, int quantity);

  @SqlQuery("""
      select id, product_id, quantity, price_cents, state, placed_at from orders
      where id = :id and account_id = :account
      """)
  @Nullable Order find(long account, long id);

  @SqlQuery("""
      select id, product_id, quantity, price_cents, state, placed_at from orders
      where account_id = :account and id < :before order by id desc limit :limit
      """)
  List<Order> page(long account, long before, int limit);

  /** Cancels an order that stands; null if it does not, or is not there. */
  @SqlQuery("""
      update orders set state = 'CANCELLED' where id = :id and account_id = :account and state = 'PLACED'
      returning id, product_id, quantity, price_cents, state, placed_at
      """)
  @Nullable Order cancel(long account, long id);

  /**
   * Writes down that stock has changed hands.
   *
   * @param quantity how many were sold; negative for those that came back
   * @param available how many were left
   */
  @SqlUpdate("""
      insert into sale (product_id, order_id, quantity, available) values (:productId, :orderId, :quantity, :available)
      """)
  void journal(long productId, long orderId, int quantity, int available);
}
