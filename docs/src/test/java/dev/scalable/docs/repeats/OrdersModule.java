package dev.scalable.docs.repeats;

import dagger.Module;
import dagger.Provides;
import dagger.multibindings.ElementsIntoSet;
import dev.scalable.http.Problem;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.idempotency.Idempotent;
import java.util.Set;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

@Module
interface OrdersModule {
  record Order(long product, int count) {}

  interface Orders {
    @SqlUpdate("update stock set count = count - :count where product = :product and count >= :count")
    int take(long product, int count);

    @SqlQuery("insert into orders (product, count) values (:product, :count) returning id")
    long insert(long product, int count);
  }

  @Provides @ElementsIntoSet static Set<Route> routes(Idempotent idempotent) {
    return Set.of(idempotent.post("/orders", Order.class, (tx, r, order) -> {
      Orders orders = tx.dao(Orders.class);
      if (orders.take(order.product(), order.count()) == 0) {
        throw Problem.conflict("There are fewer than " + order.count() + " left");
      }
      return Response.created("/orders/" + orders.insert(order.product(), order.count()), order);
    }));
  }
}
