package org.example.alone;

import dagger.Component;
import dagger.Module;
import dagger.Provides;
import dagger.multibindings.ElementsIntoSet;
import dev.scalable.ScalableModule;
import dev.scalable.cache.Caches;
import dev.scalable.cache.TwoTierCache;
import dev.scalable.db.Db;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.lifecycle.Service;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Set;

@Module
interface Main {
  record Greeting(String text) {}

  @Provides @Singleton static TwoTierCache<String, Greeting> greetings(Caches caches, Db db) {
    return caches.named("greeting", String.class, Greeting.class).expireAfterWrite(Duration.ofMinutes(10)).build(name ->
        db.readPrimary(tx ->
            tx.handle().select("select 'Hello ' || ?", name).mapTo(String.class).map(Greeting::new).one()));
  }

  @Provides @ElementsIntoSet static Set<Route> routes(TwoTierCache<String, Greeting> greetings) {
    return Set.of(Route.get("/hello/{name}", greetings, r -> r.path("name"), Response::ok));
  }

  @Singleton @Component(modules = {ScalableModule.class, Main.class}) interface App {
    Service service();
  }

  static void main(String[] args) {
    DaggerMain_App.create().service().run(); // until SIGTERM and a finished drain
  }
}
