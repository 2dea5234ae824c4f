package dev.scalable.deploy.kubernetes;

import dev.scalable.server.ServerSettings;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Probes and scrapes ask where somebody answers, and for what they mean. */
final class Probes implements Check {

  @Override
  public List<Finding> of(Manifests manifests) {
    Findings findings = new Findings();
    manifests.workloads().filter(workload -> workload.resource().kind().equals("Deployment")).forEach(workload -> {
      for (String probe : List.of("readinessProbe", "livenessProbe")) {
        if (workload.container().at(probe).isEmpty()) {
          findings.add(workload.container().place(), "%s has no %s", workload, probe);
        }
      }
    });
    Workload app = manifests.app();
    ServerSettings server = Instance.of(app, manifests).server();
    port(app, "http", server.port(), findings);
    port(app, "health", server.healthPort(), findings);
    if (app.container().at("startupProbe").isEmpty()) {
      findings.add(app.container().place(),
          "%s has no startupProbe: a slow start would be taken for a dead process", app);
    }
    // Not ready while it waits for a migration: who asks that of an instance that starts kills it.
    asks(app, "startupProbe", Served.LIVE, server.healthPort(), findings);
    asks(app, "livenessProbe", Served.LIVE, server.healthPort(), findings);
    asks(app, "readinessProbe", Served.READY, server.healthPort(), findings);
    manifests.of("ServiceMonitor").flatMap(monitor -> monitor.document().items("spec", "endpoints").stream())
        .filter(endpoint -> !endpoint.text("path").orElse("/metrics").equals(Served.METRICS))
        .forEach(endpoint -> findings.add(endpoint.placeOf("path"),
            "scrapes %s, and an instance has its metrics at %s", endpoint.text("path").orElse(""), Served.METRICS));
    manifests.workload("app-nginx").ifPresent(nginx -> nginx(nginx, manifests, findings));
    manifests.workload("app-redis").ifPresent(redis -> port(redis, "redis", 6379, findings));
    return findings.all();
  }

  private static void port(Workload workload, String name, int served, Findings findings) {
    Optional<Integer> declared = workload.port(name);
    if (!declared.equals(Optional.of(served))) {
      findings.add(workload.container().placeOf("ports"),
          "%s listens on %s for %s, and its port of that name is %s",
          workload, served, name, declared.map(String::valueOf).orElse("not there"));
    }
  }

  private static void asks(Workload workload, String probe, String path, int port, Findings findings) {
    Node asked = workload.container().at(probe, "httpGet").orElse(null);
    if (asked == null) {
      return;
    }
    if (!asked.text("path").orElse("").equals(path)) {
      findings.add(asked.placeOf("path"),
          "%s of %s asks for %s, which is not %s", probe, workload, asked.text("path").orElse("nothing"), path);
    }
    String named = asked.text("port").orElse("");
    Optional<Integer> number = workload.port(named);
    if (!number.equals(Optional.of(port))) {
      findings.add(asked.placeOf("port"),
          "%s of %s asks at the port %s, which is %s, and %s is answered at %s",
          probe, workload, named, number.map(String::valueOf).orElse("none of its ports"), path, port);
    }
  }

  private static void nginx(Workload nginx, Manifests manifests, Findings findings) {
    NginxFiles files = NginxFiles.of(nginx, manifests);
    port(nginx, "http", listen(files.code("site/listen.conf")), findings);
    int status = listen(files.code("site/status.conf"));
    port(nginx, "status", status, findings);
    for (String probe : List.of("readinessProbe", "livenessProbe")) {
      String path = nginx.container().text(probe, "httpGet", "path").orElse("");
      if (!Pattern.compile("location = " + Pattern.quote(path) + " \\{").matcher(files.code("parts/status.conf"))
          .find()) {
        findings.add(nginx.container().placeOf(probe, "httpGet", "path"),
            "%s of %s asks for %s, which nginx/parts/status.conf does not answer", probe, nginx, path);
      }
      asks(nginx, probe, path, status, findings);
    }
  }

  /** The port of the first {@code listen}, on all addresses; 0 where there is none. */
  private static int listen(String code) {
    var listen = Pattern.compile("listen (\\d+)").matcher(code);
    return listen.find() ? Integer.parseInt(listen.group(1)) : 0;
  }
}
