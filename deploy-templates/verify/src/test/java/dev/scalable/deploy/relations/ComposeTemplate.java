package dev.scalable.deploy.relations;

import dev.scalable.deploy.compose.ComposeFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The template for Docker Compose: its file where no variable is set, its Nginx site and rolling-restart.sh. */
final class ComposeTemplate {

  /** PostgreSQL keeps so many of max_connections for administrators. */
  private static final int RESERVED = 3;

  private ComposeTemplate() {}

  static Deployment read(Path templates) throws IOException {
    ComposeFile compose = ComposeFile.read(templates);
    Map<String, String> settings = new LinkedHashMap<>(compose.environment("app"));
    int most = Integer.parseInt(settings.getOrDefault("SCALABLE_INSTANCES", "0"));
    // One name for all, which the engine resolves.
    List<String> instances = List.of("app:" + settings.getOrDefault("SCALABLE_HTTP_PORT", "8080"));
    return new Deployment("compose", Deployment.server(settings), Deployment.db(settings), Duration.ZERO,
        Duration.ofSeconds(compose.grace("app")), instances,
        Set.of(SystemdTemplate.said(templates, SystemdTemplate.PATH)), most, maxConnections(compose) - RESERVED, Integer.parseInt(compose.text("app", "ulimits", "nofile").orElse("1024")),
        Optional.of(front(templates)));
  }

  private static Front front(Path templates) throws IOException {
    return Front.read(templates.resolve("nginx"), templates.resolve("compose/site"));
  }

  private static int maxConnections(ComposeFile compose) {
    return compose.words("db", "command").stream().filter(word -> word.startsWith("max_connections="))
        .mapToInt(word -> Integer.parseInt(word.substring(word.indexOf('=') + 1))).findFirst().orElse(100);
  }

  /** What holds of this template alone. */
  static List<String> brokenIn(Path templates) throws IOException {
    ComposeFile compose = ComposeFile.read(templates);
    Front front = front(templates);
    List<String> broken = new ArrayList<>();
    int patience = Integer.parseInt(SystemdTemplate.said(templates, SystemdTemplate.GRACE));
    if (patience <= compose.grace("app")) {
      broken.add("compose: rolling-restart.sh waits " + patience
          + " s for an instance to end, but the engine kills it after " + compose.grace("app") + " s only: that it was killed would not be seen");
    }
    Duration workers = front.time("nginx.conf", "worker_shutdown_timeout");
    if (Duration.ofSeconds(compose.grace("nginx")).compareTo(workers) <= 0) {
      broken.add("compose: Nginx is killed after " + compose.grace("nginx") + " s, but its workers may take "
          + workers);
    }
    if (!compose.text("nginx", "stop_signal").equals(Optional.of("SIGQUIT"))) {
      broken.add("compose: Nginx is ended by " + compose.text("nginx", "stop_signal")
          + ", which cuts what is in flight: SIGQUIT does not");
    }
    int connections = Integer.parseInt(front.one("nginx.conf", "worker_connections"));
    int files = Integer.parseInt(compose.text("nginx", "ulimits", "nofile").orElse("1024"));
    if (files < 2 * connections) {
      broken.add("compose: a worker of Nginx may have " + files + " files open, but takes " + connections
          + " connections, each with another one to an instance");
    }
    if (!front.all("upstream.conf", "resolver").getFirst().startsWith("127.0.0.11 ")) {
      broken.add("compose: Nginx asks " + front.all("upstream.conf", "resolver")
          + " for names, but the engine answers at 127.0.0.11");
    }
    String listens = front.one("listen.conf", "listen").replaceFirst(" .*", "");
    if (compose.words("nginx", "ports").stream().noneMatch(port -> port.endsWith(":" + listens))) {
      broken.add("compose: Nginx listens on " + listens + ", but published is " + compose.words("nginx", "ports"));
    }
    return broken;
  }
}
