package dev.scalable.benchmarks.peer.spring;

import dev.scalable.benchmarks.peer.NewOrder;
import dev.scalable.benchmarks.peer.Order;
import dev.scalable.benchmarks.peer.Sql;
import java.time.OffsetDateTime;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/** Orders: one by its id, and a new one. */
@Service
public class Orders {

  private static final RowMapper<Order> ROW = (row, number) -> new Order(row.getLong(1), row.getLong(2), row.getInt(3),
      row.getLong(4), row.getString(5), row.getObject(6, OffsetDateTime.class).toInstant());

  private final JdbcClient database;
  private final JsonMapper json;

  Orders(JdbcClient database, JsonMapper json) {
    this.database = database;
    this.json = json;
  }

  /** An order from the database. */
  public Order order(long id) {
    return database.sql(Sql.ORDER).param(id).param(Sql.ACCOUNT).query(ROW).single();
  }

  /** Places an order once for its key, and returns the answer, as it is kept with the key. */
  @Transactional
  @CacheEvict(cacheNames = "stocks", key = "#wanted.productId")
  public byte[] place(String key, NewOrder wanted) {
    byte[] scope = Sql.digest(key);
    byte[] fingerprint = Sql.digest(wanted.productId() + " " + wanted.quantity());
    if (database.sql(Sql.CLAIM).param(scope).param(fingerprint).update() == 0) {
      return database.sql(Sql.KEPT).param(scope).param(fingerprint).query((row, number) -> row.getBytes(1)).single();
    }
    Order order = database.sql(Sql.PLACE).param(wanted.quantity()).param(wanted.productId()).param(wanted.quantity())
        .param(Sql.ACCOUNT).param(wanted.quantity()).query(ROW).single();
    byte[] answer = json.writeValueAsBytes(order);
    database.sql(Sql.KEEP).param(answer).param(scope).update();
    return answer;
  }
}
