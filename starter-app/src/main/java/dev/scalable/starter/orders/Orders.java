package dev.scalable.starter.orders;

import java.util.List;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jspecify.annotations.Nullable;

/**
 * The SQL of orders, and of the journal of sales that others read. An account sees its own orders and no other. What takes from the stock
 * is one statement: whoever reads first and writes then sells what somebody else has sold.
 */
@RegisterConstructorMapper(Order.class)
interface Orders {

  /**
   * Places an order at the present price, takes it from the stock, and writes the sale down; null if there is not so much left, or no
   * such product, and then nothing is done. All in one statement: from the moment it has the row of the stock until the commit,
   * everybody else who wants one of these waits.
   */
  @SqlQuery("""
      with taken as (
        update stock set available = available - :quantity where product_id = :productId and available >= :quantity
        returning product_id, available),
      placed as (
        insert into orders (account_id, product_id, quantity, price_cents)
        select :account, id, :quantity, price_cents from product join taken on product_id = id
        returning id, product_id, quantity, price_cents, state, placed_at),
      written as (
        insert into sale (product_id, order_id, quantity, available)
        select placed.product_id, id, quantity, available from placed, taken)
      select id, product_id, quantity, price_cents, state, placed_at from placed
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

  /** Cancels an order that stands, puts back what it took, and writes that down; null if it does not stand, or is not there. */
  @SqlQuery("""
      with cancelled as (
        update orders set state = 'CANCELLED' where id = :id and account_id = :account and state = 'PLACED'
        returning id, product_id, quantity, price_cents, state, placed_at),
      back as (
        update stock set available = available + quantity from cancelled where stock.product_id = cancelled.product_id
        returning stock.product_id, available),
      written as (
        insert into sale (product_id, order_id, quantity, available)
        select back.product_id, id, -quantity, available from cancelled, back)
      select id, product_id, quantity, price_cents, state, placed_at from cancelled
      """)
  @Nullable Order cancel(long account, long id);
}
