package dev.scalable.docs.capacity;

import dagger.Component;
import dagger.Module;
import dagger.Provides;
import dagger.multibindings.ElementsIntoSet;
import dev.scalable.ScalableModule;
import dev.scalable.db.Db;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.lifecycle.Service;
import jakarta.inject.Singleton;
import java.util.Set;

/** Keeps a connection of the pool for 40 ms, in which no processor has anything to do. */
@Module
interface FixedWait {

  /** For how long, as the database is asked for it. */
  double SECONDS = 0.040;

  @Provides @ElementsIntoSet static Set<Route> routes(Db db) {
    return Set.of(Route.get("/wait", request -> {
      db.readPrimary(tx -> tx.handle().select("select 1 from pg_sleep(?)", SECONDS).mapTo(int.class).one());
      return Response.noContent();
    }));
  }

  @Singleton @Component(modules = {ScalableModule.class, FixedWait.class}) interface App {
    Service service();
  }

  static void main(String[] args) {
    DaggerFixedWait_App.create().service().run();
  }
}
