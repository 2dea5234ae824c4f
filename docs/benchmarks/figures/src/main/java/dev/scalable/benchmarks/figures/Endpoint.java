package dev.scalable.benchmarks.figures;

import java.util.Arrays;

/** What is asked for, of all stacks. */
public enum Endpoint {

  /** A product, from wherever the stack keeps what it has read once. */
  CACHED_READ("cached read"),

  /** An order, which nobody keeps: one query by its key. */
  UNCACHED_READ("uncached read"),

  /** One transaction: the key is claimed, stock is taken, order and sale are written, the answer is kept. */
  ORDER("order");

  private final String title;

  Endpoint(String title) {
    this.title = title;
  }

  /**
   * The one of a title.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Endpoint titled(String title) {
    return Arrays.stream(values()).filter(each -> each.title.equals(title)).findFirst()
        .orElseThrow(() -> new IllegalArgumentException(
            "\"" + title + "\" is none of " + Arrays.toString(values()) + ", which can be asked for"));
  }

  /** Its title. */
  @Override
  public String toString() {
    return title;
  }
}
