package dev.scalable.docs.javadoc;

import dagger.Component;
import dagger.Module;
import dev.scalable.ScalableModule;
import dev.scalable.auth.Bearer;
import dev.scalable.auth.TokenVerifier;
import dev.scalable.http.Description;
import dev.scalable.http.Request;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.idempotency.Idempotent;
import dev.scalable.lifecycle.Service;
import dev.scalable.ratelimit.RateLimit;
import dev.scalable.ratelimit.RateLimits;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** In the javadoc of {@code scalable-core}. Compiled, never run. */
final class CoreExamples {

  record Order(long item, int quantity) {}

  record ProductPage(List<String> names) {}

  interface Orders {
    @SqlUpdate("insert into orders (item, quantity) values (:item, :quantity)")
    long insert(Order order);
  }

  @Module
  interface ShopModule {}

  @Singleton
  @Component(modules = {ScalableModule.class, ShopModule.class})
  interface Shop {
    Service service();
  }

  private Response list(Request request) {
    return Response.ok(new ProductPage(List.of(request.path())));
  }

  private Response search(Request request) {
    return list(request);
  }

  Route ofDescription() {
    Route products = Route.get("/products", this::list).describedAs(Description.of("Pages through products")
        .query("limit", int.class, "most products on a page, 1 to 100").answering(200, ProductPage.class));
    return products;
  }

  static Route ofIdempotent(Idempotent idempotent) {
    Route orders = idempotent.post("/orders", Order.class, (tx, r, order) ->
        Response.created("/orders/" + tx.dao(Orders.class).insert(order), order));
    return orders;
  }

  Route ofRateLimits(RateLimits limits, TokenVerifier verifier) {
    RateLimit searches = limits.limit("search", 100, Duration.ofMinutes(1)).by(RateLimit.Key.principal());
    Route search = Route.get("/search", this::search).with(Bearer.tokens(verifier), searches);
    return search;
  }
}
