package dev.scalable.testkit.load;

/** Something done to the system under test while load runs; it may fail with any exception, and then the run fails. */
@FunctionalInterface
public interface Action {
  /** Does it, returning when it is done. */
  void run() throws Exception;
}
