package dev.scalable.starter.catalog;

import dev.scalable.cache.TwoTierCache;
import dev.scalable.db.Db;
import dev.scalable.http.JsonCodec;
import dev.scalable.lifecycle.Part;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does once, before this instance takes requests, what its first clients would otherwise wait for: classes are loaded, connections
 * made, statements prepared. Where the database does not allow it, the instance starts without: whether it may take requests is the
 * business of the health checks.
 */
final class WarmUp implements Part {

  private static final Logger log = LoggerFactory.getLogger(WarmUp.class);

  private final TwoTierCache<Long, Product> products;
  private final Db db;
  private final JsonCodec json;

  WarmUp(TwoTierCache<Long, Product> products, Db db, JsonCodec json) {
    this.products = products;
    this.db = db;
    this.json = json;
  }

  @Override
  public String name() {
    return "warm-up of products";
  }

  @Override
  public void start() {
    try {
      List<Product> page = db.read(tx -> tx.dao(Products.class).page(0, 2));
      json.encode(ProductPage.of(page, "", 1));
      page.forEach(product -> products.get(product.id()));
    } catch (RuntimeException e) {
      log.warn("products were not warmed up, and their first readers wait longer: {}", e.getMessage());
    }
  }

  @Override
  public void stop() {}
}
