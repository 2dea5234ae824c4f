package dev.scalable.cost;

import static dev.scalable.testkit.load.Load.users;
import static java.nio.charset.StandardCharsets.UTF_8;

import dagger.Component;
import dagger.Module;
import dagger.Provides;
import dagger.multibindings.ElementsIntoSet;
import dev.scalable.ScalableModule;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.lifecycle.Service;
import dev.scalable.testkit.cluster.AppSpec;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.Instance;
import dev.scalable.testkit.load.Load;
import dev.scalable.testkit.load.LoadResult;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.util.HttpString;
import jakarta.inject.Singleton;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Measures the CPU time of a server's process per request: ours with all that is shipped switched on (access log, metrics, ids, traces,
 * limits) and with 200 more routes, against an Undertow handler that writes the same bytes and headers on its IO thread. Each in a
 * process of its own, in turn, several rounds in one run, since two runs on a shared machine cannot be compared. The bars: an inline
 * route 1.15 times, a route on virtual threads 2.0 times. Figures for one machine and no test, so by its name the build passes it over:
 *
 * <pre>
 * mvn -pl scalable-core -am test -Dtest=CostPerRequest -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
final class CostPerRequest {

  private static final int ROUNDS = Integer.getInteger("cost.rounds", 7);
  private static final Duration ROUND = Duration.ofMillis(Integer.getInteger("cost.millis", 2_000));
  private static final int USERS = 16;
  private static final byte[] BODY = "{\"id\":1,\"name\":\"a product of some kind\",\"cents\":1995}".getBytes(UTF_8);

  /** The least that can answer: a handler on the IO thread, without routing, limits, log or metrics. */
  static final class Raw {

    private Raw() {}

    public static void main(String[] args) {
      HttpString requestId = new HttpString("X-Request-Id");
      HttpString instanceId = new HttpString("X-Instance-Id");
      HttpString contentType = new HttpString("Content-Type");
      String instance = System.getenv("SCALABLE_INSTANCE_ID");
      ByteBuffer body = ByteBuffer.allocateDirect(BODY.length).put(BODY).flip();
      Undertow.builder().addHttpListener(Integer.parseInt(System.getenv("SCALABLE_HTTP_PORT")), "127.0.0.1")
          .setIoThreads(Math.min(4, Runtime.getRuntime().availableProcessors()))
          .setServerOption(UndertowOptions.ALWAYS_SET_KEEP_ALIVE, false)
          .setHandler(exchange -> {
            exchange.getResponseHeaders().put(requestId, "0123456789abcdef0123456789abcdef").put(instanceId, instance)
                .put(contentType, "application/json");
            exchange.getResponseSender().send(body.duplicate());
          }).build().start();
    }
  }

  /** Ours, as it is shipped. */
  static final class Ours {

    private Ours() {}

    @Module
    interface Routes {
      @Provides
      @ElementsIntoSet
      static Set<Route> routes() {
        Stream<Route> others = IntStream.range(0, 200)
            .mapToObj(i -> Route.get("/area-" + i % 20 + "/things-" + i + "/{id}", r -> Response.text(r.path("id"))));
        return Stream.concat(others, Stream.of(
                Route.get("/inline", r -> answer()).inline(),
                Route.get("/thread", r -> answer()),
                Route.get("/area-7/inline/{id}", r -> answer()).inline()))
            .collect(Collectors.toSet());
      }

      private static Response answer() {
        return new Response(200, List.of(), new Response.Body.Bytes("application/json", BODY));
      }
    }

    @Singleton
    @Component(modules = {ScalableModule.class, Routes.class})
    interface App {
      Service service();
    }

    public static void main(String[] args) {
      DaggerCostPerRequest_Ours_App.create().service().run();
    }
  }

  /** One thing that is measured. */
  private record Side(String name, Instance instance, String path) {

    private LoadResult load(Duration time) {
      return Load.against(instance.uri()).get(path).closed(users(USERS).during(time)).run();
    }

    /** Microseconds of CPU per request. */
    private double measure() {
      Duration before = instance.cpuTime();
      LoadResult result = load(ROUND);
      if (result.ok() != result.scheduled()) {
        throw new AssertionError(name + ": " + result);
      }
      return instance.cpuTime().minus(before).toNanos() / 1e3 / result.ok();
    }
  }

  @Test
  void prints_the_cpu_per_request_of_each_side_by_side() throws Exception {
    try (Cluster raw = Cluster.builder().app(AppSpec.mainClass(Raw.class).readiness("/")).instances(1).start();
        Cluster ours = Cluster.builder().app(AppSpec.mainClass(Ours.class)).instances(1).start()) {
      List<Side> sides = List.of(
          new Side("raw Undertow, IO thread", raw.instance(1), "/"),
          new Side("ours, inline route", ours.instance(1), "/inline"),
          new Side("ours, inline route with a parameter", ours.instance(1), "/area-7/inline/42"),
          new Side("ours, virtual threads", ours.instance(1), "/thread"));
      sides.forEach(side -> side.load(Duration.ofSeconds(4)));
      Map<Side, List<Double>> figures = new LinkedHashMap<>();
      for (int round = 0; round < ROUNDS; round++) {
        sides.forEach(side -> figures.computeIfAbsent(side, s -> new ArrayList<>()).add(side.measure()));
      }
      double base = median(figures.get(sides.getFirst()));
      figures.forEach((side, each) -> System.out.printf(Locale.ROOT,
          "%-36s %6.1f us of CPU per request (median of %d rounds, %.1f to %.1f), %.2f times raw%n", side.name(),
          median(each), ROUNDS, each.stream().min(Double::compare).orElseThrow(),
          each.stream().max(Double::compare).orElseThrow(), median(each) / base));
    }
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }
}
