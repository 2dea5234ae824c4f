package dev.scalable.testkit.external;

import dev.scalable.testkit.backend.Node;
import dev.scalable.testkit.backend.NodeLog;
import java.time.Duration;

/**
 * A process somewhere, of which nothing is known and to which nothing can be done; it is taken to run.
 *
 * @param log empty
 */
record ExternalNode(String name, NodeLog log) implements Node {
  @Override
  public long pid() {
    return -1;
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
}
