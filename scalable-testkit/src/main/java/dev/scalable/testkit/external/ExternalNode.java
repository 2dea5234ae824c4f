package dev.scalable.testkit.external;

import dev.scalable.testkit.backend.Await;
import dev.scalable.testkit.backend.Node;
import dev.scalable.testkit.backend.NodeLog;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A process somewhere, of which nothing is known and to which nothing can be done; it is taken to run.
 *
 * @param log empty
 */
record ExternalNode(String name, NodeLog log) implements Node {
  /** It need not start any more. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @Override
  public long pid() {
    throw ExternalEnvironment.refused("a process id");
  }

  @Override
  public boolean isRunning() {
    return true;
  }

  @Override
  public int exitCode() {
    throw ExternalEnvironment.refused("an exit code");
  }

  @Override
  public void signal(Signal signal) {
    throw ExternalEnvironment.refused("the signal " + signal);
  }

  @Override
  public boolean endsWithin(Duration limit) {
    throw ExternalEnvironment.refused("its end");
  }

  @Override
  public Duration cpuTime() {
    throw ExternalEnvironment.refused("processor times");
  }

  @Override
  public boolean foundItsPortInUse() {
    return false;
  }

  @Override
  public void awaitUntil(Supplier<String> state, BooleanSupplier condition, Duration limit) {
    Duration patience = limit.compareTo(PATIENCE) < 0 ? limit : PATIENCE;
    Await.until(condition, patience, () -> name + ", which is said to run, was not " + state.get() + " within "
        + patience.toSeconds() + " s: is its address right, and can it be reached from here?");
  }
}
