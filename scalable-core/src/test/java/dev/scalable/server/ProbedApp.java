package dev.scalable.server;

import dagger.Component;
import dagger.Module;
import dagger.Provides;
import dagger.multibindings.ElementsIntoSet;
import dev.scalable.ScalableModule;
import dev.scalable.check.SharedState;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.lifecycle.Service;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A few routes to be attacked: {@link ProbesTest} behind Nginx and past it, {@link FuzzTest} in its own JVM. */
public final class ProbedApp {

  private ProbedApp() {}

  record Item(String name, int count) {}

  @SharedState("counts what got to this instance, for its test")
  private static final class Counter {
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicInteger holding = new AtomicInteger();

    /** Until the client leaves. */
    void hold() throws InterruptedException {
      holding.incrementAndGet();
      new CountDownLatch(1).await();
    }
  }

  /** Routes whose {@code /smuggled} counts how often anybody got there, which {@code /smuggled-count} tells. */
  static Set<Route> routes() {
    Counter smuggled = new Counter();
    return Set.of(
        Route.get("/", r -> Response.text("root")),
        Route.get("/echo/{text}", r -> Response.text(r.path("text"))),
        Route.get("/things/{id}", r -> Response.text("thing " + r.pathLong("id"))),
        Route.get("/files/{path...}", r -> Response.text(r.path("path"))),
        Route.get("/query", r -> Response.text(r.query("a").orElse("(none)"))),
        Route.get("/head", r -> Response.text(r.header("x-seen").orElse("nothing"))),
        Route.post("/items", Item.class, (r, item) -> Response.created("/items/1", item)),
        Route.put("/any", Object.class, (r, any) -> Response.ok(any)),
        Route.get("/internal/secret", r -> Response.text("secret")),
        Route.get("/held", r -> Response.stream("text/plain", out -> smuggled.hold())),
        Route.get("/holding", r -> Response.text(String.valueOf(smuggled.holding.get()))),
        Route.get("/smuggled", r -> Response.text("smuggled " + smuggled.count.incrementAndGet())),
        Route.get("/smuggled-count", r -> Response.text(String.valueOf(smuggled.count.get()))));
  }

  @Module
  interface Routes {
    @Provides
    @ElementsIntoSet
    static Set<Route> routes() {
      return ProbedApp.routes();
    }
  }

  @Singleton
  @Component(modules = {ScalableModule.class, Routes.class})
  interface App {
    Service service();
  }

  /** Configured by the environment. */
  public static void main(String[] args) {
    DaggerProbedApp_App.create().service().run();
  }
}
