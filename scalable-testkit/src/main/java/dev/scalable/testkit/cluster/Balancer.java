package dev.scalable.testkit.cluster;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** The Nginx before the instances, running the configuration that Scalable ships. Safe for use by several threads. */
public final class Balancer {
  private static final Duration PAUSE = Duration.ofMillis(5);

  private final NginxServer nginx;
  private final String readiness;
  private final String instanceHeader;

  Balancer(NginxServer nginx, AppSpec app) {
    this.nginx = nginx;
    this.readiness = app.readiness();
    this.instanceHeader = app.instanceHeader();
  }

  /** Where clients come in, {@code http://127.0.0.1:port}. */
  public URI uri() {
    return Loopback.http(nginx.port());
  }

  /**
   * Where Nginx tells of itself: {@code /stub_status}, {@code /lb-health}, and {@code /calibration}, which is a bare
   * 204.
   */
  public URI statusUri() {
    return Loopback.http(nginx.statusPort());
  }

  /** The access log: one JSON object per request, written within a second. */
  public Path accessLog() {
    return nginx.accessLog();
  }

  /** What Nginx complained of. */
  public NodeLog log() {
    return nginx.log();
  }

  /**
   * Waits until {@code instance} has answered its readiness path through this balancer {@code times} times. An instance
   * that is ready is not served yet: Nginx leaves out one that failed for up to two seconds more.
   *
   * @throws ClusterException if that did not happen within {@code limit}, or the instance does not run
   */
  public void awaitServing(Instance instance, int times, Duration limit) {
    URI uri = uri().resolve(readiness);
    Map<String, Integer> answers = new TreeMap<>();
    long end = System.nanoTime() + limit.toNanos();
    while (answers.getOrDefault(instance.id(), 0) < times) {
      if (!instance.isRunning() || System.nanoTime() - end > 0) {
        throw new ClusterException(instance + " was waited for, until it had answered " + times + " times through "
            + uri + "; limit " + limit.toSeconds() + " s, answers by their " + instanceHeader + " header: " + answers
            + "\n" + instance.log().excerpt() + "\n" + log().excerpt());
      }
      String id = Probe.get(uri, instanceHeader).map(Balancer::describe).orElse("(no answer)");
      answers.merge(id, 1, Integer::sum);
      if (!id.equals(instance.id())) {
        Await.pause(PAUSE);
      }
    }
  }

  private static String describe(Probe.Answer answer) {
    String id = answer.header() == null ? "(none)" : answer.header();
    return answer.succeeded() ? id : id + " with status " + answer.status();
  }
}
