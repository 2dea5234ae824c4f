package dev.scalable.starter.catalog;

import dagger.Module;
import dagger.Provides;
import dagger.multibindings.ElementsIntoSet;
import dagger.multibindings.IntoSet;
import dev.scalable.auth.Bearer;
import dev.scalable.cache.Caches;
import dev.scalable.cache.TwoTierCache;
import dev.scalable.db.Db;
import dev.scalable.db.Tx;
import dev.scalable.http.Description;
import dev.scalable.http.Filter;
import dev.scalable.http.JsonCodec;
import dev.scalable.http.Problem;
import dev.scalable.http.Request;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.idempotency.Idempotent;
import dev.scalable.lifecycle.Part;
import dev.scalable.starter.access.AccessModule;
import dev.scalable.starter.access.SignedIn;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** The feature: its cache, its routes and what answers them, its warm-up. */
@Module
public interface CatalogModule {

  @Provides
  @Singleton
  static TwoTierCache<Long, Product> products(Caches caches, Db db) {
    return caches.named("product", Long.class, Product.class)
        .expireAfterWrite(Duration.ofMinutes(10))
        .maximumSize(50_000)
        .build(id -> db.readPrimary(tx -> tx.dao(Products.class).find(id)));
  }

  @Provides
  @ElementsIntoSet
  static Set<Route> routes(TwoTierCache<Long, Product> products, Db db, Idempotent idempotent,
      @SignedIn Filter signedIn) {
    Filter[] merchants = {signedIn, Bearer.scope(AccessModule.MERCHANT)};
    return Set.of(
        Route.get("/products/{id}", products, r -> r.pathLong("id"), Response::ok)
            .describedAs(Description.of("One product").answering(200, Product.class)),
        Route.get("/products", r -> list(db, r))
            .describedAs(Description.of("Pages through products in the order of their ids")
                .query("search", String.class, "words that the names of the products must have; all products if absent")
                .query("after", long.class, "id of the last product that was seen")
                .query("limit", int.class, "most products on a page, 1 to 100; 20 if absent")
                .answering(200, ProductPage.class)),
        idempotent.post("/products", ProductDetails.class, (tx, r, details) -> create(tx, products, details))
            .with(merchants)
            .describedAs(Description.of("Creates a product").bearer(AccessModule.MERCHANT).answering(201, Product.class)),
        // To change a product twice does no harm; with a key, the second time cannot undo a change that came between.
        idempotent.withOptionalKey()
            .put("/products/{id}", ProductDetails.class, (tx, r, details) -> update(tx, products, r.pathLong("id"), details))
            .with(merchants)
            .describedAs(Description.of("Changes a product").bearer(AccessModule.MERCHANT).answering(200, Product.class)),
        Route.delete("/products/{id}", r -> delete(db, products, r.pathLong("id"))).with(merchants)
            .describedAs(Description.of("Deletes a product, if it is there").bearer(AccessModule.MERCHANT).answering(204)));
  }

  @Provides
  @IntoSet
  static Part warmUp(TwoTierCache<Long, Product> products, Db db, JsonCodec json) {
    return new WarmUp(products, db, json);
  }

  private static Response list(Db db, Request request) {
    long after = request.queryLong("after", 0, 0, Long.MAX_VALUE);
    int limit = (int) request.queryLong("limit", 20, 1, 100);
    String search = request.query("search").map(String::strip).orElse("");
    List<Product> found = db.read(tx -> search.isEmpty() ? tx.dao(Products.class).page(after, limit + 1)
        : tx.dao(Products.class).search(search, after, limit + 1));
    return Response.ok(ProductPage.of(found, search, limit));
  }

  private static Response create(Tx tx, TwoTierCache<Long, Product> products, ProductDetails details) {
    Product created = tx.dao(Products.class).create(details);
    // Someone may have asked for this id before, and it is cached that there is nothing.
    products.invalidate(tx, created.id());
    return Response.created("/products/" + created.id(), created);
  }

  private static Response update(Tx tx, TwoTierCache<Long, Product> products, long id, ProductDetails details) {
    products.invalidate(tx, id);
    Product updated = tx.dao(Products.class).update(id, details);
    if (updated == null) {
      throw Problem.notFound("There is no product " + id);
    }
    return Response.ok(updated);
  }

  private static Response delete(Db db, TwoTierCache<Long, Product> products, long id) {
    db.write(tx -> {
      products.invalidate(tx, id);
      return tx.dao(Products.class).delete(id);
    });
    return Response.noContent();
  }
}
