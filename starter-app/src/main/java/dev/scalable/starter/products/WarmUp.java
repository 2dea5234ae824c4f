package dev.scalable.starter.products;

import dev.scalable.cache.TwoTierCache;
import dev.scalable.db.Db;
import dev.scalable.http.JsonCodec;
import dev.scalable.lifecycle.Part;
import java.util.List;

/**
 * Does once, before this instance takes requests, what its first clients would otherwise wait for: classes are loaded, connections
 * made, statements prepared. It also stops the start on a database that was never migrated.
 */
final class WarmUp implements Part {

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
    List<Product> page = db.read(tx -> tx.dao(Products.class).page(0, 2));
    json.encode(ProductPage.of(page, 1));
    page.forEach(product -> products.get(product.id()));
  }

  @Override
  public void stop() {}
}
