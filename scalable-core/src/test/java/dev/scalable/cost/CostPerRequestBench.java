package dev.scalable.cost;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

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
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.util.HttpString;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Measures the CPU time of a server's process per request: ours with all that is shipped switched on (access log, metrics, ids,
 * traces, limits) and with 200 more routes, against an Undertow handler that writes the same bytes and headers on its IO thread.
 * The bars: an inline route 1.15 times, a route on virtual threads 2.0 times.
 *
 * <p>Figures of one run alone can be compared, so all are taken in one: each server in a process of its own, in many short rounds,
 * each of a fixed number of requests to each of the routes, in an order that turns from round to round. What is said of a route is
 * the median of what it costs in each round, and of its ratio to the raw handler <em>in the same round</em>, so that a disturbance
 * that lasts for longer than a round does not move the ratio. {@code -Dcost.rounds=30} sets how many, {@code
 * -Dcost.requests=8000} how many requests each.
 *
 * <p>How many connections there are decides what is measured. With one, every request finds threads asleep, and to wake them is most
 * of its cost; with many, threads that are awake take one request after the other. Run by
 *
 * <pre>
 * mvn -Pbench -pl scalable-core -am test
 * </pre>
 */
final class CostPerRequestBench {

  private static final int ROUNDS = Integer.getInteger("cost.rounds", 30);
  private static final int REQUESTS = Integer.getInteger("cost.requests", 8_000);
  private static final int WARM_UP = Integer.getInteger("cost.warmup", 100_000);
  private static final List<Integer> CONNECTIONS = List.of(64, 16, 1);
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
      DaggerCostPerRequestBench_Ours_App.create().service().run();
    }
  }

  /** A route of one of the servers, as it is asked over some connections. */
  private record Side(String name, Instance instance, KeepAliveClient client) {

    /** Microseconds of CPU per request, of all threads of the server. */
    double measure() throws IOException {
      long before = ProcessorTime.nanos(instance.pid());
      client.send(REQUESTS);
      return (ProcessorTime.nanos(instance.pid()) - before) / 1e3 / REQUESTS;
    }

    /** Status and headers, without the values that differ by nature. */
    String shape() {
      return client.head().replaceAll("(?i)(Date|X-Request-Id): [^\r]*", "$1");
    }
  }

  /** What was measured of a side, round by round. */
  private record Series(Side side, List<Double> micros) {}

  @Test
  void prints_the_cpu_per_request_of_each_side_by_side() throws Exception {
    try (Cluster raw = Cluster.builder().app(AppSpec.mainClass(Raw.class).readiness("/")).instances(1).start();
        Cluster ours = Cluster.builder().app(AppSpec.mainClass(Ours.class)).instances(1).start()) {
      System.out.printf(Locale.ROOT, "%n%s: %s %s, %d processors, Java %s; %d rounds of %,d requests%n", Instant.now(),
          System.getProperty("os.name"), System.getProperty("os.arch"), Runtime.getRuntime().availableProcessors(),
          Runtime.version(), ROUNDS, REQUESTS);
      for (int connections : CONNECTIONS) {
        List<Side> sides = new ArrayList<>();
        try {
          sides.add(side("raw Undertow, IO thread", raw.instance(1), "/", connections));
          sides.add(side("inline route", ours.instance(1), "/inline", connections));
          sides.add(side("inline route, a parameter", ours.instance(1), "/area-7/inline/42", connections));
          sides.add(side("virtual threads", ours.instance(1), "/thread", connections));
          print(connections, measured(sides));
        } finally {
          for (Side side : sides) {
            side.client().close();
          }
        }
      }
    }
  }

  private static Side side(String name, Instance instance, String path, int connections) throws IOException {
    return new Side(name, instance, new KeepAliveClient(instance.uri(), path, connections));
  }

  private static List<Series> measured(List<Side> sides) throws IOException {
    List<Series> all = sides.stream().map(side -> new Series(side, new ArrayList<>())).toList();
    for (Side side : sides) {
      assertThat(side.shape()).as("the headers of each").isEqualTo(sides.getFirst().shape());
      side.client().send(WARM_UP);
    }
    for (int round = 0; round < ROUNDS; round++) {
      for (int turn = 0; turn < all.size(); turn++) {
        Series next = all.get((round + turn) % all.size());
        next.micros().add(next.side().measure());
      }
    }
    return all;
  }

  private static void print(int connections, List<Series> all) {
    List<Double> base = all.getFirst().micros();
    System.out.printf(Locale.ROOT, "%n%-26s %33s   %s%n", connections + (connections == 1 ? " connection" : " connections"),
        "us of CPU per request (quartiles)", "times raw (quartiles)");
    for (Series series : all) {
      List<Double> ratios = IntStream.range(0, base.size()).mapToObj(i -> series.micros().get(i) / base.get(i)).toList();
      System.out.printf(Locale.ROOT, "%-26s %15.1f  (%6.1f to %6.1f)   %5.2f (%.2f to %.2f)%n", series.side().name(),
          Shares.of(series.micros(), 0.5), Shares.of(series.micros(), 0.25), Shares.of(series.micros(), 0.75),
          Shares.of(ratios, 0.5), Shares.of(ratios, 0.25), Shares.of(ratios, 0.75));
    }
  }
}
