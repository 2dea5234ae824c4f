package dev.scalable.deploy.relations;

import dev.scalable.config.Settings;
import dev.scalable.db.DbSettings;
import dev.scalable.server.ServerSettings;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a template says of the instances that it starts, however it says it. What it leaves unsaid is the library's default.
 *
 * @param name of the template, for messages
 * @param server as an instance of it would read it
 * @param db as an instance of it would read it
 * @param before time between the wish to end an instance and its SIGTERM, such as a preStop hook's; zero where there is none
 * @param grace time after which an instance that was asked to end is killed, {@code before} included
 * @param instances the addresses, {@code host:port}, at which instances listen, or one name for all of them
 * @param probes the paths that it asks instances for
 * @param most how many instances may run at once, those of a rolling restart included
 * @param maxConnections of the PostgreSQL that it starts or expects, less what that reserves for administrators
 * @param descriptors how many files an instance may have open
 * @param front the Nginx in front, unless something else is
 */
record Deployment(String name, ServerSettings server, DbSettings db, Duration before, Duration grace, List<String> instances,
    Set<String> probes, int most, int maxConnections, int descriptors, Optional<Front> front) {

  /** Needed, and of no matter here. */
  private static final Map<String, String> REQUIRED = Map.of("SCALABLE_DB_URL", "jdbc:postgresql://localhost/app");

  /** The server's settings in this environment, read by the library. */
  static ServerSettings server(Map<String, String> environment) {
    return ServerSettings.from(Settings.of(environment));
  }

  /** The database's settings in this environment, read by the library. */
  static DbSettings db(Map<String, String> environment) {
    Map<String, String> all = new LinkedHashMap<>(REQUIRED);
    all.putAll(environment);
    // A file that is mounted only where it is deployed.
    all.keySet().removeIf(name -> name.endsWith("_FILE"));
    return DbSettings.from(Settings.of(all));
  }
}
