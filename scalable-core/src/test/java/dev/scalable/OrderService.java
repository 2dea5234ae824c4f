package dev.scalable;

import dagger.Component;
import dagger.Module;
import dagger.Provides;
import dagger.multibindings.IntoSet;
import dev.scalable.db.Db;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.lifecycle.Service;
import jakarta.inject.Singleton;

/** An app with one write that must not be repeated: each POST is a row, and nothing tells two of them apart. */
public final class OrderService {

  private OrderService() {}

  @Module
  interface Orders {
    @Provides
    @IntoSet
    static Route order(Db db) {
      return Route.post("/orders", String.class, (r, text) -> {
        db.write(tx -> tx.handle().execute("insert into orders (text) values (?)", text));
        return Response.noContent();
      });
    }
  }

  @Singleton
  @Component(modules = {ScalableModule.class, Orders.class})
  interface App {
    Service service();
  }

  /** Configured by the environment. */
  public static void main(String[] args) {
    DaggerOrderService_App.create().service().run();
  }
}
