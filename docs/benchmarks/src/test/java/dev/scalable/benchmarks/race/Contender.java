package dev.scalable.benchmarks.race;

import java.util.function.LongFunction;

/** A two-tier cache as one instance of a service has it. */
interface Contender extends AutoCloseable {

  /** Gives the row, from the cache or by the loader. */
  Item get(long id);

  /** Says that the row has been changed, after the commit. */
  void invalidate(long id);

  /** How many loaded values it has refused to keep; below zero when it does not say. */
  long refused();

  @Override
  void close() throws Exception;

  /** A product. */
  interface Maker {
    String name();

    /** Starts one instance; those of the same group share Redis keys and invalidations. */
    Contender start(String group, LongFunction<Item> loader) throws Exception;
  }
}
