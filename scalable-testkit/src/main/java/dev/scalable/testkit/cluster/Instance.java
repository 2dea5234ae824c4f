package dev.scalable.testkit.cluster;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One of the app's processes, or the place for it: number, id, address and port stay the same over every stop and
 * start. Safe for use by several threads; one can kill an instance while another waits for its start or its end.
 */
public final class Instance {
  /** Covers the granularity of Nginx's fail_timeout: an instance seen once may still be left out by another worker. */
  static final int TIMES_SERVED = 3;

  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final int number;
  private final int port;
  private final AppLauncher launcher;
  private final AppSpec app;
  private final NodeLog log;
  private volatile @Nullable Node node;
  private volatile @Nullable Balancer balancer;

  Instance(int number, int port, AppLauncher launcher, AppSpec app, NodeLog log) {
    this.number = number;
    this.port = port;
    this.launcher = launcher;
    this.app = app;
    this.log = log;
  }

  static String id(int number) {
    return "app-" + number;
  }

  /** Its place in the cluster, from 1. */
  public int number() {
    return number;
  }

  /** {@code app-1} for number 1: what the app finds as {@code ${INSTANCE_ID}} and sends in the instance header. */
  public String id() {
    return id(number);
  }

  /** Its own address, past the balancer. */
  public URI uri() {
    return Loopback.http(port);
  }

  /**
   * The process id of its process, the last one if it does not run.
   *
   * @throws IllegalStateException if it was never started
   */
  public long pid() {
    return started().process().pid();
  }

  /** Whether its process exists; a paused one does. */
  public boolean isRunning() {
    Node current = node;
    return current != null && current.process().isAlive();
  }

  /** What it printed, over all of its starts. */
  public NodeLog log() {
    return log;
  }

  /** Ends it at once by SIGKILL, as a crash would; does nothing if it does not run. */
  public void kill() {
    Node current = node;
    if (current != null) {
      current.process().destroyForcibly();
      waitFor(current.process(), START_LIMIT);
    }
  }

  /**
   * Asks it to end by SIGTERM and waits; kills it when {@code grace} is over, as an orchestrator would.
   *
   * @throws IllegalStateException if it does not run
   */
  public Exit terminate(Duration grace) {
    Process process = running().process();
    long begin = System.nanoTime();
    process.destroy();
    if (!waitFor(process, grace)) {
      process.destroyForcibly();
      waitFor(process, START_LIMIT);
    }
    return new Exit(process.exitValue(), Duration.ofNanos(System.nanoTime() - begin));
  }

  /**
   * Stops its process by SIGSTOP. Its port still takes connections, as many as the system queues, but nothing answers.
   *
   * @throws IllegalStateException if it does not run
   */
  public void pause() {
    Shell.signal(running().process().pid(), "STOP");
  }

  /**
   * Lets a paused process go on; does nothing to one that is not paused.
   *
   * @throws IllegalStateException if it does not run
   */
  public void resume() {
    Shell.signal(running().process().pid(), "CONT");
  }

  /**
   * Starts it, on the same port, and waits until it has answered through the balancer.
   *
   * @throws IllegalStateException if it runs
   * @throws ClusterException if it ends before it is ready, or is not served within a minute; it is then left as it is
   */
  public void start() {
    launch();
    awaitReady();
    Balancer current = balancer;
    if (current != null) {
      current.awaitServing(this, TIMES_SERVED, START_LIMIT);
    }
  }

  /** Stops it as {@link #terminate} does and starts it again. */
  public Exit restart(Duration grace) {
    Exit exit = terminate(grace);
    start();
    return exit;
  }

  /** Tells whose answers to wait for in {@link #start}. */
  void servedBy(Balancer front) {
    balancer = front;
  }

  int port() {
    return port;
  }

  /** Starts its process, and returns without waiting. */
  synchronized Node launch() {
    if (isRunning()) {
      throw new IllegalStateException(id() + " runs already, as process " + pid());
    }
    Node launched = launcher.launch(id(), port);
    node = launched;
    return launched;
  }

  /** Waits until it answers its readiness path by itself; what another process answers on its port does not count. */
  void awaitReady() {
    URI readiness = uri().resolve(app.readiness());
    AtomicReference<String> last = new AtomicReference<>("none");
    started().awaitUntil(
        () -> "ready at " + readiness + ", by a status of 2xx and the header " + app.instanceHeader() + ": " + id()
            + " (last answer: " + last.get() + ")",
        () -> {
          Optional<Probe.Answer> answer = Probe.get(readiness, app.instanceHeader());
          last.set(answer.map(Instance::describe).orElse("none"));
          return answer.filter(Probe.Answer::succeeded).filter(from -> id().equals(from.header())).isPresent();
        },
        START_LIMIT);
  }

  private static String describe(Probe.Answer answer) {
    return "status " + answer.status() + (answer.header() == null ? " without it" : " with " + answer.header());
  }

  /** Waits for {@code time}; whether it has ended meanwhile. */
  boolean endsWithin(Duration time) {
    return waitFor(started().process(), time);
  }

  private Node running() {
    if (!isRunning()) {
      throw new IllegalStateException(id() + " does not run");
    }
    return started();
  }

  private Node started() {
    Node current = node;
    if (current == null) {
      throw new IllegalStateException(id() + " was never started");
    }
    return current;
  }

  private static boolean waitFor(Process process, Duration limit) {
    try {
      return process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      throw Await.interrupted(e);
    }
  }

  @Override
  public String toString() {
    return id() + " at " + uri() + (isRunning() ? " (process " + pid() + ")" : " (not running)");
  }
}
