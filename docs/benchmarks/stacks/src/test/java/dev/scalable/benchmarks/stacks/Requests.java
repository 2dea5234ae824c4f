package dev.scalable.benchmarks.stacks;

import static dev.scalable.testkit.load.Load.ids;

import dev.scalable.benchmarks.figures.Endpoint;
import dev.scalable.testkit.load.Load;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What is asked for, of all stacks in the same words. */
final class Requests {

  private Requests() {}

  /** The load with the requests of an endpoint. */
  static Load to(Endpoint endpoint, Load load) {
    Load named = load.name(endpoint.toString());
    return switch (endpoint) {
      case CACHED_READ -> named.get("/products/{id}", ids(Shop.PRODUCTS));
      case UNCACHED_READ -> Shop.signedIn(named.get("/orders/{id}", ids(Shop.PRODUCTS)));
      case ORDER -> {
        // One after the other of all products, so that those of one moment do not wait for each other.
        Supplier<Long> products = ids(Shop.PRODUCTS);
        yield Shop.signedIn(named.post("/orders", () -> Shop.order(products.get())).idempotencyKey());
      }
    };
  }

  /** Those of {@code -Dstacks.endpoints=ORDER,CACHED_READ}, or all. */
  static List<Endpoint> wanted() {
    String names = System.getProperty("stacks.endpoints");
    return names == null
        ? List.of(Endpoint.values())
        : Stream.of(names.strip().split("\\s*,\\s*")).map(Endpoint::valueOf).toList();
  }
}
