package dev.scalable.testkit.cluster;

import dev.scalable.testkit.backend.Await;
import dev.scalable.testkit.backend.Capability;
import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.backend.Front;
import dev.scalable.testkit.backend.Node;
import dev.scalable.testkit.backend.NodeLog;
import dev.scalable.testkit.backend.Probe;
import dev.scalable.testkit.history.Exchange;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** The Nginx before the instances, running the configuration that Scalable ships. Safe for use by several threads. */
public final class Balancer {
  private static final Duration PAUSE = Duration.ofMillis(5);

  private final Front front;
  private final AppSpec app;
  private final Faults faults;

  /** The numbers of those out of rotation; immutable, replaced by whoever holds this object's lock. */
  private volatile Set<Integer> down = Set.of();

  /** Whether a reload has failed, so that nobody knows whom Nginx leaves out. */
  private boolean uncertain;

  Balancer(Front front, AppSpec app, Faults faults) {
    this.front = front;
    this.app = app;
    this.faults = faults;
  }

  /** Where clients come in, {@code http://127.0.0.1:port}. */
  public URI uri() {
    return front.uri();
  }

  /**
   * Where Nginx tells of itself: {@code /stub_status}, {@code /lb-health}, and {@code /calibration}, which is a bare
   * 204.
   *
   * @throws UnsupportedOperationException without {@link Capability#CALIBRATION}
   */
  public URI statusUri() {
    faults.require(Capability.CALIBRATION);
    return front.statusUri();
  }

  /** Its kind and version, such as {@code nginx 1.22.1}. */
  public String version() {
    return front.version();
  }

  /**
   * The access log: one JSON object per request, written within a second.
   *
   * @throws UnsupportedOperationException without {@link Capability#ACCESS_LOG}
   */
  public Path accessLog() {
    faults.require(Capability.ACCESS_LOG);
    return front.accessLog();
  }

  /**
   * What the access log says of requests, in the order of their ends; several entries for one that came several times,
   * none for one that did not get here. Nginx writes its log a fraction of a second late, so this waits until every
   * request that was answered is in it, at most five seconds; and two for those that were sent and not answered, which
   * may be in it or not.
   *
   * @throws UnsupportedOperationException without {@link Capability#ACCESS_LOG}
   * @throws ClusterException if a line of the log is not one of the shipped format
   */
  public List<AccessLogEntry> logged(Collection<Exchange> exchanges) {
    return new AccessLogSearch(accessLog(), exchanges).find();
  }

  /**
   * What Nginx complained of.
   *
   * @throws UnsupportedOperationException without {@link Capability#LOGS}
   */
  public NodeLog log() {
    faults.require(Capability.LOGS);
    return front.log();
  }

  /**
   * The folder of nginx.conf, as it was rendered for this cluster.
   *
   * @throws UnsupportedOperationException without {@link Capability#BALANCER_CONTROL}
   */
  public Path configuration() {
    faults.require(Capability.BALANCER_CONTROL);
    return front.configuration();
  }

  /**
   * Has it read its configuration again: workers that run end when they have answered what they are at, new ones take
   * over. Below Nginx 1.27.4 the old ones also close idle connections of clients without notice, so a client that sends
   * a write on one at that moment loses it.
   *
   * @throws UnsupportedOperationException without {@link Capability#BALANCER_CONTROL}
   */
  public void reload() {
    faults.require(Capability.BALANCER_CONTROL);
    synchronized (this) {
      reload(down);
    }
  }

  /**
   * Takes an instance out of rotation, by a {@link #reload}: when this returns, it gets no new request; what it has
   * begun it may still be at. It stays out over its own restarts, until {@link #markUp}. Does nothing if it is out.
   *
   * @throws UnsupportedOperationException without {@link Capability#BALANCER_CONTROL}
   */
  public void markDown(Instance instance) {
    faults.require(Capability.BALANCER_CONTROL);
    change(instance, "marked down", out -> out.add(instance.number()));
  }

  /**
   * Puts an instance into rotation again, by a {@link #reload}. Does nothing if it is in.
   *
   * @throws UnsupportedOperationException without {@link Capability#BALANCER_CONTROL}
   */
  public void markUp(Instance instance) {
    faults.require(Capability.BALANCER_CONTROL);
    change(instance, "marked up", out -> out.remove(instance.number()));
  }

  /** Whether {@code instance} is out of rotation. */
  boolean isDown(Instance instance) {
    return down.contains(instance.number());
  }

  Node node() {
    return front.node();
  }

  /** Puts all instances into rotation again. */
  synchronized void restore() {
    if (isOther(Set.of())) {
      reload(Set.of());
    }
  }

  private synchronized void change(Instance instance, String what, Consumer<Set<Integer>> change) {
    Set<Integer> wanted = new TreeSet<>(down);
    change.accept(wanted);
    if (isOther(wanted)) {
      reload(Set.copyOf(wanted));
      faults.tell(instance.id(), what);
    }
  }

  private boolean isOther(Set<Integer> wanted) {
    return uncertain || !wanted.equals(down);
  }

  private void reload(Set<Integer> wanted) {
    uncertain = true;
    front.reload(wanted);
    uncertain = false;
    down = wanted;
    faults.tell("nginx", "reloaded");
  }

  /**
   * Waits until {@code instance} has answered its readiness path through this balancer {@code times} times. An instance
   * that is ready is not served yet: Nginx leaves out one that failed for up to two seconds more.
   *
   * @throws ClusterException if that did not happen within {@code limit}, or the instance does not run
   */
  public void awaitServing(Instance instance, int times, Duration limit) {
    URI uri = uri().resolve(app.readiness());
    Map<String, Integer> answers = new TreeMap<>();
    long end = System.nanoTime() + limit.toNanos();
    while (answers.getOrDefault(instance.id(), 0) < times) {
      if (!instance.isRunning() || System.nanoTime() - end > 0) {
        throw new ClusterException(instance + " was waited for, until it had answered " + times + " times through "
            + uri + "; limit " + limit.toSeconds() + " s, answers by their " + app.instanceHeader() + " header: "
            + answers
            + instance.lastLines() + (faults.capabilities().contains(Capability.LOGS) ? "\n" + log().excerpt() : ""));
      }
      String id = Probe.get(uri, app.instanceHeader()).map(Balancer::describe).orElse("(no answer)");
      answers.merge(id, 1, Integer::sum);
      if (!id.equals(instance.id())) {
        Await.pause(PAUSE);
      }
    }
  }

  /** Waits until anybody has answered the readiness path through this balancer. */
  void awaitAnswer(Duration limit) {
    URI uri = uri().resolve(app.readiness());
    AtomicReference<String> last = new AtomicReference<>("none");
    Await.until(
        () -> {
          Optional<Probe.Answer> answer = Probe.get(uri, app.instanceHeader());
          last.set(answer.map(Balancer::describe).orElse("none"));
          return answer.filter(Probe.Answer::succeeded).filter(from -> from.header() != null).isPresent();
        },
        limit,
        () -> uri + " did not answer with a status of 2xx and the header " + app.instanceHeader() + " within "
            + limit.toSeconds() + " s; last answer by that header: " + last.get());
  }

  private static String describe(Probe.Answer answer) {
    String id = answer.header() == null ? "(none)" : answer.header();
    return answer.succeeded() ? id : id + " with status " + answer.status();
  }
}
