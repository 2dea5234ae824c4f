package dev.scalable.check;

import static org.assertj.core.api.Assertions.catchThrowable;

import dev.scalable.ScalableModule;
import dev.scalable.lifecycle.Service;
import java.lang.reflect.Method;
import java.util.Map;

/**
 * An app that is compiled with Dagger as its build would, and started if it compiles. Its first part fails the start on
 * purpose: an app that gets so far has passed both checks.
 *
 * @param name what is in its module
 * @param compiler what the compiler says; empty if it compiles
 * @param start what the start says; empty if the check there passes
 * @param body what is in the module
 */
record SampleApp(String name, String compiler, String start, String body) {

  /** What the start of an app that has passed both checks says. */
  static final String PASSED = "the checks have passed";

  /** Where nothing is, since no part starts. */
  static final Map<String, String> NOWHERE = Map.of("SCALABLE_DB_URL", "jdbc:postgresql://127.0.0.1:1/none",
      "SCALABLE_DB_USER", "nobody", "SCALABLE_REDIS_URL", "redis://127.0.0.1:1");

  static SampleApp compilerRefuses(String name, String says, String body) {
    return new SampleApp(name, says, "", body);
  }

  static SampleApp startRefuses(String name, String says, String body) {
    return new SampleApp(name, "", says, body);
  }

  static SampleApp passes(String name, String body) {
    return new SampleApp(name, "", "", body);
  }

  /** An injected class with a member, and a handler that has it. */
  static String injected(String member) {
    return """
        @Singleton class Prices {
          %s
          @Inject Prices() {}
          Response of(Request r) { return Response.ok(1); }
        }
        @Provides @IntoSet static Route x(Prices prices) { return route(prices::of); }
        """.formatted(member);
  }

  /** What a method provides, captured by a handler. */
  static String provided(String type, String value) {
    return """
        @Provides @Singleton static %1$s given() { return %2$s; }
        @Provides @IntoSet static Route x(%1$s given) { return route(r -> Response.ok(given.hashCode())); }
        """.formatted(type, value);
  }

  /** A local variable, captured by a handler. */
  static String captured(String type, String value) {
    return """
        @Provides @IntoSet static Route x() {
          %s local = %s;
          return route(r -> Response.ok(local.hashCode()));
        }
        """.formatted(type, value);
  }

  /** What the start of one that has compiled throws. */
  static Throwable failure(Compiled app) throws ReflectiveOperationException {
    Method made = app.load("app.Shop").getMethod("service", ScalableModule.class);
    Service service = (Service) made.invoke(null, ScalableModule.with(NOWHERE));
    return catchThrowable(service::start);
  }

  @Override
  public String toString() {
    return name;
  }

  String source() {
    return """
        package app;

        import dagger.*;
        import dagger.Module;
        import dagger.multibindings.*;
        import dev.scalable.ScalableModule;
        import dev.scalable.cache.*;
        import dev.scalable.check.SharedState;
        import dev.scalable.db.Db;
        import dev.scalable.http.*;
        import dev.scalable.lifecycle.*;
        import jakarta.inject.*;
        import java.time.*;
        import java.util.*;
        import java.util.concurrent.*;
        import java.util.concurrent.atomic.*;
        import java.util.concurrent.locks.*;
        import java.util.function.*;

        @Module(includes = Shop.First.class)
        public interface Shop {
        %s
          static Route route(Handler handler) {
            return Route.get("/x", handler);
          }

          @Singleton @Component(modules = {ScalableModule.class, Shop.class}) interface App {
            Service service();
          }

          static Service service(ScalableModule module) {
            return DaggerShop_App.builder().scalableModule(module).build().service();
          }

          @Module interface First {
            @Provides @IntoSet static Part first() {
              return new Part() {
                public String name() { return "!"; }
                public Stage stage() { return Stage.CONNECTIONS; }
                public void start() { throw new IllegalStateException("%s"); }
                public void stop() {}
              };
            }
          }
        }
        """.formatted(body, PASSED);
  }
}
