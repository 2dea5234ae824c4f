package dev.scalable.deploy.kubernetes;

import dev.scalable.server.ServerSettings;
import java.time.Duration;
import java.util.List;

/** Whatever ends has the time that it takes, and goes on until the nodes know that it ends. */
final class Ending implements Check {

  /** What stopping takes at most once requests are done: docs/explanation/shutdown.md. */
  private static final Duration PARTS = Duration.ofSeconds(8);
  /** Until the proxies of all nodes have heard. */
  private static final Duration HEARD = Duration.ofSeconds(5);

  @Override
  public List<Finding> of(Manifests manifests) {
    Findings findings = new Findings();
    Workload app = manifests.app();
    ServerSettings server = Instance.of(app, manifests).server();
    Duration sleep = sleep(app);
    fits(app, "preStop, drain delay, drain and what stopping takes",
        sleep.plus(server.drainDelay()).plus(server.drainTimeout()).plus(PARTS), findings);
    if (sleep.isPositive() && server.drainDelay().isPositive()) {
      findings.add(app.container().placeOf("lifecycle", "preStop"),
          "%s waits twice before it refuses connections: preStop %s s and SCALABLE_DRAIN_DELAY %s s",
          app, sleep.toSeconds(), server.drainDelay().toSeconds());
    }
    if (sleep.plus(server.drainDelay()).compareTo(HEARD) < 0) {
      findings.add(app.container().place(),
          "%s refuses connections %s s after it was told to end, before all nodes know: SCALABLE_DRAIN_DELAY=5s",
          app, sleep.plus(server.drainDelay()).toSeconds());
    }
    manifests.workload("app-nginx").ifPresent(nginx -> {
      Duration longest = NginxFiles.of(nginx, manifests).directive("worker_shutdown_timeout").map(Spans::duration)
          .orElse(Duration.ZERO);
      fits(nginx, "preStop and worker_shutdown_timeout", sleep(nginx).plus(longest), findings);
      if (sleep(nginx).compareTo(HEARD) < 0) {
        findings.add(nginx.container().place(),
            "%s stops accepting before all nodes know: preStop sleep of 5 s", nginx);
      }
    });
    return findings.all();
  }

  private static void fits(Workload workload, String what, Duration takes, Findings findings) {
    int grace = workload.template().number("spec", "terminationGracePeriodSeconds").orElse(30);
    if (grace <= takes.toSeconds()) {
      findings.add(workload.template().placeOf("spec", "terminationGracePeriodSeconds"),
          "%s is killed after %s s, and %s are %s s", workload, grace, what, takes.toSeconds());
    }
  }

  private static Duration sleep(Workload workload) {
    return Duration.ofSeconds(workload.container().number("lifecycle", "preStop", "sleep", "seconds").orElse(0));
  }
}
