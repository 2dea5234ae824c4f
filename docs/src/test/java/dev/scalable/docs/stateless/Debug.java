package dev.scalable.docs.stateless;

import dagger.Component;
import dagger.Module;
import dagger.Provides;
import dagger.multibindings.IntoSet;
import dev.scalable.ScalableModule;
import dev.scalable.check.SharedState;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.lifecycle.Part;
import dev.scalable.lifecycle.Service;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

@Module
interface Debug {
  @Singleton class Seen {
    private final Map<String, Integer> ports = Map.of("http", 80, "https", 443); // immutable: nothing to say
    @SharedState("a figure for /debug, which asks one instance and means that one")
    private final LongAdder requests = new LongAdder();

    @Inject Seen() {}

    Response answer() {
      requests.increment();
      return Response.ok(Map.of("ports", ports, "requests", requests.sum()));
    }
  }

  @Provides @IntoSet static Route debug(Seen seen) {
    return Route.get("/debug", r -> seen.answer());
  }

  @Singleton @Component(modules = {ScalableModule.class, Debug.class, Halt.class}) interface App {
    Service service();
  }

  /** Ends a start that has passed the checks, since no database is there. */
  @Module interface Halt {
    @Provides @IntoSet static Part halt() {
      return new Part() {
        @Override public String name() {
          return "!";
        }

        @Override public Stage stage() {
          return Stage.CONNECTIONS;
        }

        @Override public void start() {
          throw new IllegalStateException("the checks have passed");
        }

        @Override public void stop() {}
      };
    }
  }
}
