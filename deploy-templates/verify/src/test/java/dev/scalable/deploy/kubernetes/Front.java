package dev.scalable.deploy.kubernetes;

import dev.scalable.server.ServerSettings;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What stands before the instances finds all of them, has the patience that they need, and is believed by them. */
final class Front implements Check {

  /** Mebibytes for workers with all of their connections, and their buffers. */
  private static final long OF_NGINX_ITSELF = 128;
  private static final Pattern SERVER = Pattern.compile("server\\s+(\\S+):(\\d+)\\s+resolve\\b");
  private static final Pattern INCLUDE = Pattern.compile("include\\s+([^;]+);");

  @Override
  public List<Finding> of(Manifests manifests) {
    Findings findings = new Findings();
    ServerSettings server = Instance.of(manifests.app(), manifests).server();
    manifests.workload("app-nginx").ifPresent(nginx -> nginx(nginx, server, manifests, findings));
    manifests.of("HTTPRoute").flatMap(route -> route.document().items("spec", "rules").stream()).forEach(rule ->
        rule.text("timeouts", "request").map(Spans::duration).filter(Duration::isPositive)
            .filter(limit -> limit.compareTo(server.requestTimeout()) <= 0)
            .ifPresent(limit -> findings.add(rule.placeOf("timeouts", "request"),
                "the gateway gives up after %s s, and an instance has %s s to answer",
                limit.toSeconds(), server.requestTimeout().toSeconds())));
    return findings.all();
  }

  private static void nginx(Workload nginx, ServerSettings server, Manifests manifests, Findings findings) {
    NginxFiles files = NginxFiles.of(nginx, manifests);
    Place place = nginx.container().place();
    files.files().values().forEach(file -> {
      Matcher include = INCLUDE.matcher(NginxFiles.code(file));
      while (include.find()) {
        if (!files.files().containsKey(include.group(1).strip())) {
          findings.add(file.place(), "includes %s, which no ConfigMap of %s brings", include.group(1), nginx);
        }
      }
    });
    nginx.template().items("spec", "volumes").stream().filter(volume -> volume.at("emptyDir").isPresent())
        .forEach(volume -> filledByClients(volume, nginx, findings));
    upstream(files, server, manifests, findings);
    int tries = files.directive("proxy_next_upstream_tries").map(Integer::parseInt).orElse(0);
    int most = Availability.most(manifests.app(), manifests);
    if (tries > 0 && tries <= most) {
      findings.add(files.place("site/upstream.conf", place),
          "proxy_next_upstream_tries is %s, and there may be %s instances: one more than those", tries, most);
    }
    Duration read = files.directive("proxy_read_timeout").map(Spans::duration).orElse(Duration.ofSeconds(60));
    if (read.compareTo(server.requestTimeout()) <= 0) {
      findings.add(files.place("parts/proxy.conf", place),
          "Nginx gives up after %s s, and an instance has %s s to answer",
          read.toSeconds(), server.requestTimeout().toSeconds());
    }
    if (server.trustedProxies().isEmpty()) {
      findings.add(manifests.app().container().place(),
          "instances take every client for Nginx: SCALABLE_HTTP_TRUSTED_PROXIES");
    }
    Duration attempts = files.directive("proxy_next_upstream_timeout").map(Spans::duration).orElse(Duration.ZERO)
        .plus(read);
    manifests.of("HTTPRoute").flatMap(route -> route.document().items("spec", "rules").stream()).forEach(rule ->
        rule.text("timeouts", "request").map(Spans::duration).filter(Duration::isPositive)
            .filter(limit -> limit.compareTo(attempts) <= 0)
            .ifPresent(limit -> findings.add(rule.placeOf("timeouts", "request"),
                "the gateway gives up after %s s, and Nginx may take %s s with all its attempts",
                limit.toSeconds(), attempts.toSeconds())));
  }

  /** Whoever sends bodies slowly fills it, and must not end the pod with that. */
  private static void filledByClients(Node volume, Workload nginx, Findings findings) {
    if (!volume.text("emptyDir", "medium").orElse("").equals("Memory")) {
      findings.add(volume.placeOf("emptyDir"),
          "%s is evicted when clients have filled its volume %s: medium is not Memory", nginx,
          volume.text("name").orElse(""));
    }
    long size = Spans.mebibytes(volume.text("emptyDir", "sizeLimit").orElse("0Mi"));
    long limit = Spans.mebibytes(nginx.container().text("resources", "limits", "memory").orElse("0Mi"));
    if (size == 0 || size + OF_NGINX_ITSELF > limit) {
      findings.add(volume.placeOf("emptyDir", "sizeLimit"),
          "%s may use %s MiB of memory, of which clients may fill %s MiB and it needs %s MiB itself", nginx, limit,
          size, OF_NGINX_ITSELF);
    }
  }

  /** A headless service has no ports of its own to translate, so the name must lead to the instances' own. */
  private static void upstream(NginxFiles files, ServerSettings server, Manifests manifests, Findings findings) {
    Place place = files.place("site/upstream.conf", Place.of(manifests.folder()));
    Matcher upstream = SERVER.matcher(files.code("site/upstream.conf"));
    if (!upstream.find() || files.directive("resolver").isEmpty()) {
      findings.add(place,
          "has no server that is resolved again, or no resolver: pods have new addresses after each rollout");
      return;
    }
    String namespace = manifests.app().namespace();
    boolean known = manifests.of("Service").anyMatch(service -> service.document().text("spec", "clusterIP").orElse("")
        .equals("None")
        && upstream.group(1).equals(service.name() + "." + namespace + ".svc.cluster.local")
        && Manifests.selects(service.document().texts("spec", "selector"), manifests.app().labels()));
    if (!known) {
      findings.add(place, "%s is the name of no headless Service of the instances in %s", upstream.group(1), namespace);
    }
    if (Integer.parseInt(upstream.group(2)) != server.port()) {
      findings.add(place, "leads to the port %s, and instances listen on %s", upstream.group(2), server.port());
    }
  }
}
