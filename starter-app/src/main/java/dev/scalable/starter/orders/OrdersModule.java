package dev.scalable.starter.orders;

import dagger.Module;
import dagger.Provides;
import dagger.multibindings.ElementsIntoSet;
import dev.scalable.auth.Bearer;
import dev.scalable.cache.Caches;
import dev.scalable.cache.TwoTierCache;
import dev.scalable.db.Db;
import dev.scalable.http.Description;
import dev.scalable.http.Filter;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.idempotency.Idempotent;
import dev.scalable.starter.access.AccessModule;
import dev.scalable.starter.access.SignedIn;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Set;

/** The feature: the cache of stock, its routes, and who answers them. */
@Module
public interface OrdersModule {

  @Provides
  @Singleton
  static TwoTierCache<Long, Stock> stocks(Caches caches, Db db) {
    return caches.named("stock", Long.class, Stock.class)
        .expireAfterWrite(Duration.ofMinutes(10))
        .maximumSize(50_000)
        .build(id -> db.readPrimary(tx -> tx.dao(Stocks.class).find(id)));
  }

  @Provides
  @Singleton
  static OrderDesk desk(TwoTierCache<Long, Stock> stocks, Db db) {
    return new OrderDesk(stocks, db);
  }

  @Provides
  @ElementsIntoSet
  static Set<Route> routes(OrderDesk desk, TwoTierCache<Long, Stock> stocks, Idempotent idempotent,
      @SignedIn Filter signedIn) {
    Idempotent optional = idempotent.withOptionalKey();
    return Set.of(
        Route.get("/stock/{id}", stocks, r -> r.pathLong("id"), Response::ok)
            .describedAs(Description.of("How many of a product can be ordered").answering(200, Stock.class)),
        optional.put("/stock/{id}", StockLevel.class, desk::restock)
            .with(signedIn, Bearer.scope(AccessModule.MERCHANT))
            .describedAs(Description.of("Sets the stock of a product").bearer(AccessModule.MERCHANT)
                .answering(200, Stock.class)),
        idempotent.post("/orders", NewOrder.class, desk::place).with(signedIn)
            .describedAs(Description.of("Orders some of a product").bearer().answering(201, Order.class)
                .failing(409, "there are not so many left, or the key is in use")),
        Route.get("/orders/{id}", desk::one).with(signedIn)
            .describedAs(Description.of("One of one's own orders").bearer().answering(200, Order.class)),
        Route.get("/orders", desk::mine).with(signedIn)
            .describedAs(Description.of("Pages through one's own orders, the newest first").bearer()
                .query("before", long.class, "id of the last order that was seen")
                .query("limit", int.class, "most orders on a page, 1 to 100; 20 if absent")
                .answering(200, OrderPage.class)),
        optional.post("/orders/{id}/cancellation", desk::cancel).with(signedIn)
            .describedAs(Description.of("Cancels an order, and puts back what it took").bearer()
                .answering(200, Order.class)));
  }
}
