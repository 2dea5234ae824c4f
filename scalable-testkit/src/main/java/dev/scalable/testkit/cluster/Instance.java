package dev.scalable.testkit.cluster;

import dev.scalable.testkit.backend.Capability;
import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.backend.Environment;
import dev.scalable.testkit.backend.Exit;
import dev.scalable.testkit.backend.Launch;
import dev.scalable.testkit.backend.Node;
import dev.scalable.testkit.backend.NodeLog;
import dev.scalable.testkit.backend.Place;
import dev.scalable.testkit.backend.Probe;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One of the app's processes, or the place for it: number, id, address and port stay the same over every stop and
 * start. Safe for use by several threads; one can kill an instance while another waits for its start or its end.
 */
public final class Instance {
  /** Covers the granularity of Nginx's fail_timeout: an instance seen once may still be left out by another worker. */
  static final int TIMES_SERVED = 3;

  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final Place place;
  private final Environment environment;
  private final Function<Place, Launch> launches;
  private final AppSpec app;
  private final Faults faults;
  private volatile @Nullable Node node;
  private volatile @Nullable Balancer balancer;
  private volatile boolean paused;

  Instance(Place place, Environment environment, Function<Place, Launch> launches, AppSpec app, Faults faults) {
    this.place = place;
    this.environment = environment;
    this.launches = launches;
    this.app = app;
    this.faults = faults;
  }

  /** Its place in the cluster, from 1. */
  public int number() {
    return place.number();
  }

  /** {@code app-1} for number 1: what the app finds as {@code ${INSTANCE_ID}} and sends in the instance header. */
  public String id() {
    return place.id();
  }

  /** Its own address, past the balancer. */
  public URI uri() {
    return place.uri();
  }

  /**
   * The process id of its process, the last one if it does not run.
   *
   * @throws IllegalStateException if it was never started
   * @throws UnsupportedOperationException without {@link Capability#KILL}
   */
  public long pid() {
    faults.require(Capability.KILL);
    return started().pid();
  }

  /** Whether its process exists; a paused one does. */
  public boolean isRunning() {
    Node current = node;
    return current != null && current.isRunning();
  }

  /**
   * What it printed, over all of its starts.
   *
   * @throws IllegalStateException if it was never started
   * @throws UnsupportedOperationException without {@link Capability#LOGS}
   */
  public NodeLog log() {
    faults.require(Capability.LOGS);
    return started().log();
  }

  /**
   * The processor time that its present process has used; zero if none runs.
   *
   * @throws UnsupportedOperationException without {@link Capability#CPU_TIME}
   */
  public Duration cpuTime() {
    faults.require(Capability.CPU_TIME);
    Node current = node;
    return current == null ? Duration.ZERO : current.cpuTime();
  }

  /**
   * Ends it at once by SIGKILL, as a crash would; does nothing if it does not run.
   *
   * @throws UnsupportedOperationException without {@link Capability#KILL}
   */
  public void kill() {
    faults.require(Capability.KILL);
    Node current = node;
    if (current != null && current.isRunning()) {
      current.signal(Node.Signal.KILL);
      current.endsWithin(START_LIMIT);
      faults.tell(id(), "killed");
    }
  }

  /**
   * Asks it to end by SIGTERM and waits; kills it when {@code grace} is over, as an orchestrator would.
   *
   * @throws IllegalStateException if it does not run
   * @throws UnsupportedOperationException without {@link Capability#RESTART}
   */
  public Exit terminate(Duration grace) {
    faults.require(Capability.RESTART);
    Node current = running();
    long begin = System.nanoTime();
    faults.tell(id(), "terminating");
    current.signal(Node.Signal.TERM);
    if (!current.endsWithin(grace)) {
      current.signal(Node.Signal.KILL);
      current.endsWithin(START_LIMIT);
    }
    faults.tell(id(), "terminated");
    return new Exit(current.exitCode(), Duration.ofNanos(System.nanoTime() - begin));
  }

  /**
   * Stops its process by SIGSTOP, and returns when none of its threads runs any more. Its port still takes connections, as many
   * as the system queues, but nothing answers.
   *
   * @throws IllegalStateException if it does not run
   * @throws UnsupportedOperationException without {@link Capability#PAUSE}
   */
  public void pause() {
    faults.require(Capability.PAUSE);
    running().signal(Node.Signal.STOP);
    paused = true;
    faults.tell(id(), "paused");
  }

  /**
   * Lets a paused process go on; does nothing to one that is not paused.
   *
   * @throws IllegalStateException if it does not run
   * @throws UnsupportedOperationException without {@link Capability#PAUSE}
   */
  public void resume() {
    faults.require(Capability.PAUSE);
    running().signal(Node.Signal.CONT);
    if (paused) {
      paused = false;
      faults.tell(id(), "resumed");
    }
  }

  /** Lets it go on if it was paused. */
  void unpause() {
    if (paused && isRunning()) {
      resume();
    }
  }

  /**
   * Starts it, on the same port, and waits until it has answered through the balancer, if that has not {@linkplain
   * Balancer#markDown marked it down}.
   *
   * @throws IllegalStateException if it runs
   * @throws ClusterException if it ends before it is ready, or is not served within a minute; it is then left as it is
   * @throws UnsupportedOperationException without {@link Capability#RESTART}
   */
  public void start() {
    faults.require(Capability.RESTART);
    launch();
    faults.tell(id(), "starting");
    awaitReady();
    faults.tell(id(), "ready");
    Balancer current = balancer;
    if (current != null && !current.isDown(this)) {
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

  Place place() {
    return place;
  }

  /** Starts its process, and returns without waiting. */
  synchronized Node launch() {
    if (isRunning()) {
      throw new IllegalStateException(id() + " runs already, as process " + pid());
    }
    Node launched = environment.launch(place, launches.apply(place));
    paused = false;
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
    return started().endsWithin(time);
  }

  /** The last lines of its log, on new lines, for a message; nothing where there is no log. */
  String lastLines() {
    return node != null && faults.capabilities().contains(Capability.LOGS) ? "\n" + log().excerpt() : "";
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

  @Override
  public String toString() {
    String state = faults.capabilities().contains(Capability.KILL) && isRunning()
        ? " (process " + pid() + ")"
        : isRunning() ? "" : " (not running)";
    return id() + " at " + uri() + state;
  }
}
