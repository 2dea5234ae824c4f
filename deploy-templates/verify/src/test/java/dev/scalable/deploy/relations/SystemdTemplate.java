package dev.scalable.deploy.relations;

import dev.scalable.deploy.systemd.UnitFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** The template for one machine under systemd: its units, app.env, its Nginx site and the script of its rolling restart. */
final class SystemdTemplate {

  /** It starts no PostgreSQL: as one comes, 100 less 3 that are reserved. */
  private static final int MAX_CONNECTIONS = 97;

  static final Pattern PATH = Pattern.compile(" path=(\\S+)");
  static final Pattern GRACE = Pattern.compile(" grace=(\\d+)");

  private SystemdTemplate() {}

  static Deployment read(Path templates) throws IOException {
    Path folder = templates.resolve("systemd");
    UnitFile unit = UnitFile.of(Files.readString(folder.resolve("app@.service")));
    Map<String, String> file = UnitFile.environment(Files.readAllLines(folder.resolve("app.env")));
    Map<String, String> first = new LinkedHashMap<>(unit.environment(1));
    first.putAll(file);
    int most = Integer.parseInt(file.getOrDefault("SCALABLE_INSTANCES", "0"));
    List<String> instances = IntStream.rangeClosed(1, most).mapToObj(number -> {
      // The file wins over the unit, so what it says of a port would be that of all.
      Map<String, String> all = new LinkedHashMap<>(unit.environment(number));
      all.putAll(file);
      return all.get("SCALABLE_HTTP_HOST") + ":" + all.get("SCALABLE_HTTP_PORT");
    }).toList();
    return new Deployment("systemd", Deployment.server(first), Deployment.db(first), Duration.ZERO, unit.seconds("TimeoutStopSec"),
        instances, Set.of(said(templates, PATH)), most, MAX_CONNECTIONS, Integer.parseInt(unit.one("LimitNOFILE")),
        Optional.of(Front.read(templates.resolve("nginx"), folder.resolve("site"))));
  }

  /** What holds of this template alone. */
  static List<String> brokenIn(Path templates) throws IOException {
    Path folder = templates.resolve("systemd");
    UnitFile unit = UnitFile.of(Files.readString(folder.resolve("app@.service")));
    UnitFile nginx = UnitFile.of(Files.readString(folder.resolve("app-nginx.service")));
    Front front = Front.read(templates.resolve("nginx"), folder.resolve("site"));
    List<String> broken = new ArrayList<>();
    Duration patience = Duration.ofSeconds(Long.parseLong(said(templates, GRACE)));
    if (patience.compareTo(unit.seconds("TimeoutStopSec")) <= 0) {
      broken.add("systemd: rolling-restart.sh waits " + patience + " for an instance to end, but systemd kills it after "
          + unit.seconds("TimeoutStopSec") + " only: that it was killed would not be seen");
    }
    if (nginx.seconds("TimeoutStopSec").compareTo(front.time("nginx.conf", "worker_shutdown_timeout")) <= 0) {
      broken.add("systemd: Nginx is killed after " + nginx.seconds("TimeoutStopSec") + ", but its workers may take "
          + front.time("nginx.conf", "worker_shutdown_timeout"));
    }
    int connections = Integer.parseInt(front.one("nginx.conf", "worker_connections"));
    if (Integer.parseInt(nginx.one("LimitNOFILE")) < 2 * connections) {
      broken.add("systemd: a worker of Nginx may have " + nginx.one("LimitNOFILE") + " files open, but takes " + connections
          + " connections, each with another one to an instance");
    }
    int health = Integer.parseInt(unit.environment(1).getOrDefault("SCALABLE_HEALTH_PORT", "0"));
    if (front.slots().stream().anyMatch(slot -> slot.endsWith(":" + health))) {
      broken.add("systemd: health port " + health + " is a slot's");
    }
    return broken;
  }

  /** A default of rolling-restart.sh. */
  static String said(Path templates, Pattern what) throws IOException {
    Matcher found = what.matcher(Files.readString(templates.resolve("rolling-restart.sh")));
    if (!found.find()) {
      throw new IllegalArgumentException("rolling-restart.sh does not say" + what);
    }
    return found.group(1);
  }
}
