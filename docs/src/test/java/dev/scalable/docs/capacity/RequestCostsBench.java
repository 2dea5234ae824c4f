package dev.scalable.docs.capacity;

import static dev.scalable.testkit.load.Load.ids;
import static dev.scalable.testkit.load.Load.requests;
import static dev.scalable.testkit.load.Load.users;

import dev.scalable.starter.Main;
import dev.scalable.starter.Migrate;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.junit.ClusterTest;
import dev.scalable.testkit.load.Load;
import dev.scalable.testkit.load.LoadResult;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a request of the starter costs each process, in processor time: what goes into the page on the size of a fleet. */
@ClusterTest(app = Main.class, migrate = Migrate.class, calibrated = false,
    env = {"STARTER_SAMPLE_PRODUCTS=1000", "STARTER_MERCHANT_TOKEN=" + RequestCostsBench.TOKEN})
class RequestCostsBench {

  static final String TOKEN = "a-token-for-the-merchant-of-this-bench";
  private static final Duration WINDOW = Duration.ofSeconds(4);

  @Test
  void processor_time_per_request(Cluster cluster) {
    tell("hit", cluster.load().get("/products/{id}", ids(100)), 40_000);
    tell("query", cluster.load().get("/products?limit=1&after={id}", ids(900)), 20_000);
    tell("write", cluster.load().post("/products", () -> "{\"name\":\"new\",\"priceCents\":100}").idempotencyKey()
        .header("Authorization", "Bearer " + TOKEN), 5_000);
  }

  private static void tell(String kind, Load load, int warmUp) {
    LoadResult result = load.name(kind).closed(users(16).during(WINDOW)).warmUp(requests(warmUp)).run();
    Map<String, Double> micros = result.cpu().entrySet().stream().collect(Collectors.groupingBy(
        each -> each.getKey().replaceAll("-\\d+$", ""), Collectors.summingDouble(each -> each.getValue().toNanos() / 1e3 / result.ok())));
    System.out.printf(Locale.ROOT, "%s: %d requests, %.0f a second, us of processor time per request: %s%n", kind, result.ok(),
        result.throughput(), micros.entrySet().stream().sorted(Map.Entry.comparingByKey())
            .map(each -> String.format(Locale.ROOT, "%s %.0f", each.getKey(), each.getValue())).collect(Collectors.joining(", ")));
  }
}
