package dev.scalable.benchmarks.peer.spring;

import dev.scalable.benchmarks.peer.Product;
import dev.scalable.benchmarks.peer.Sql;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** Products, kept in the heap of this instance. */
@Service
public class Products {

  private final JdbcClient database;

  Products(JdbcClient database) {
    this.database = database;
  }

  /** A product from the cache or the database. */
  @Cacheable("products")
  public Product product(long id) {
    return database.sql(Sql.PRODUCT).param(id).query(Product.class).single();
  }
}
