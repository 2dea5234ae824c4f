package dev.scalable.benchmarks.stacks;

import static dev.scalable.testkit.load.Load.ids;

import dev.scalable.testkit.load.Load;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What is asked for, of all stacks in the same words. */
enum Endpoint {

  /** A product, from wherever the stack keeps what it has read once. */
  CACHED_READ("cached read") {
    @Override
    Load requests(Load load) {
      return load.get("/products/{id}", ids(Shop.PRODUCTS));
    }
  },

  /** An order, which nobody keeps: one query by its key. */
  UNCACHED_READ("uncached read") {
    @Override
    Load requests(Load load) {
      return Shop.signedIn(load.get("/orders/{id}", ids(Shop.PRODUCTS)));
    }
  },

  /** One transaction: the key is claimed, stock is taken, order and sale are written, the answer is kept. */
  ORDER("order") {
    @Override
    Load requests(Load load) {
      // One after the other of all products, so that those of one moment do not wait for each other.
      Supplier<Long> products = ids(Shop.PRODUCTS);
      return Shop.signedIn(load.post("/orders", () -> Shop.order(products.get())).idempotencyKey());
    }
  };

  private final String title;

  Endpoint(String title) {
    this.title = title;
  }

  abstract Load requests(Load load);

  /** Those of {@code -Dstacks.endpoints=ORDER,CACHED_READ}, or all. */
  static List<Endpoint> wanted() {
    String names = System.getProperty("stacks.endpoints");
    return names == null ? List.of(values()) : Stream.of(names.strip().split("\\s*,\\s*")).map(Endpoint::valueOf).toList();
  }

  /** The load with its requests. */
  Load of(Load load) {
    return requests(load.name(title));
  }

  @Override
  public String toString() {
    return title;
  }
}
