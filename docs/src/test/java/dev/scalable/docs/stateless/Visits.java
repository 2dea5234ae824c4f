package dev.scalable.docs.stateless;

import dagger.Component;
import dagger.Module;
import dagger.Provides;
import dagger.multibindings.IntoSet;
import dev.scalable.ScalableModule;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.lifecycle.Service;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.Map;

@Module
interface Visits {
  @Provides @IntoSet static Route visits() {
    Map<String, Integer> seen = new HashMap<>(); // each instance would count for itself
    return Route.get("/visits/{name}", r -> Response.ok(seen.merge(r.path("name"), 1, Integer::sum)));
  }

  @Singleton @Component(modules = {ScalableModule.class, Visits.class}) interface App {
    Service service();
  }
}
