package dev.scalable.testkit.local;

import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.backend.PortRetry;
import dev.scalable.testkit.backend.Store;
import dev.scalable.testkit.run.ProcessNode;
import dev.scalable.testkit.run.Run;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A store that is a process of this machine: one port for all of its starts, and never two processes at once. */
abstract class ProcessStore implements Store {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Run run;
  private final String name;
  private final String stopSignal;
  private volatile int port;
  private volatile @Nullable ProcessNode node;

  /**
   * A store that does not run yet.
   *
   * @param name for a person
   * @param stopSignal what asks it to end with its data in order
   */
  ProcessStore(Run run, String name, String stopSignal) {
    this.run = run;
    this.name = name;
    this.stopSignal = stopSignal;
  }

  /** Starts the process, and returns at once. */
  abstract ProcessNode launch(int onPort);

  /** Whether it takes connections. */
  abstract boolean takesConnections(ProcessNode started);

  /** Starts it for the first time, on a port that is free, and waits until it takes connections. */
  final void startFirst() {
    PortRetry.start(() -> {
      port = run.reservePort();
      ProcessNode launched = launchAgain();
      return new PortRetry.Attempt<>(launched, () -> awaitReady(launched), launched);
    });
  }

  @Override
  public final InetSocketAddress address() {
    return LocalEnvironment.loopback(port);
  }

  @Override
  public final InetSocketAddress addressForApps() {
    return address();
  }

  @Override
  public final ProcessNode node() {
    return Objects.requireNonNull(node, "it was never started");
  }

  @Override
  public final synchronized void stop() {
    node().signal(stopSignal);
    if (!node().endsWithin(LIMIT)) {
      throw new ClusterException(name + " did not end within " + LIMIT.toSeconds() + " s of SIG" + stopSignal
          + "; process " + node().pid() + " runs\n" + node().log().excerpt());
    }
  }

  @Override
  public final synchronized void start() {
    if (node().isRunning()) {
      throw new IllegalStateException(
          name + " runs already, as process " + node().pid() + ": it can be started after a stop");
    }
    awaitReady(launchAgain());
  }

  private ProcessNode launchAgain() {
    ProcessNode launched = launch(port);
    node = launched;
    return launched;
  }

  private void awaitReady(ProcessNode started) {
    started.awaitUntil(() -> "taking connections on port " + port, () -> takesConnections(started), LIMIT);
  }
}
