package dev.scalable.testkit.cluster;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The running cluster that the environment names, if it names one: so that the same test judges a cluster of its own at
 * home and the staging environment in the evening. Its variables:
 * <pre>
 * SCALABLE_TESTKIT_URL          where clients come in
 * SCALABLE_TESTKIT_INSTANCES    app-1=http://10.0.0.1:8080,app-2=http://10.0.0.2:8080
 * SCALABLE_TESTKIT_JDBC_URL     with SCALABLE_TESTKIT_DB_USER and SCALABLE_TESTKIT_DB_PASSWORD
 * SCALABLE_TESTKIT_REDIS_URL    redis://host:port
 * </pre>
 */
final class RunningCluster {
  private static final String PREFIX = "SCALABLE_TESTKIT_";

  private RunningCluster() {}

  /** Turns {@code app} into the running one that {@code environment} names, or returns it as it is. */
  static AppSpec or(AppSpec app, Map<String, String> environment, List<String> mistakes) {
    String url = environment.getOrDefault(PREFIX + "URL", "");
    if (url.isBlank()) {
      return app;
    }
    AppSpec running = AppSpec.running(URI.create(url))
        .readiness(app.readiness()).instanceHeader(app.instanceHeader());
    for (String one : instances(environment)) {
      int equals = one.indexOf('=');
      if (equals < 1) {
        mistakes.add(PREFIX + "INSTANCES needs id=http://host:port, separated by commas, not \"" + one + "\"");
      } else {
        running = running.instanceAt(one.substring(0, equals).strip(), URI.create(one.substring(equals + 1).strip()));
      }
    }
    String jdbc = environment.getOrDefault(PREFIX + "JDBC_URL", "");
    if (!jdbc.isBlank()) {
      running = running.postgresAt(jdbc, environment.getOrDefault(PREFIX + "DB_USER", ""),
          environment.getOrDefault(PREFIX + "DB_PASSWORD", ""));
    }
    String redis = environment.getOrDefault(PREFIX + "REDIS_URL", "");
    return redis.isBlank() ? running : running.redisAt(URI.create(redis));
  }

  private static List<String> instances(Map<String, String> environment) {
    List<String> all = new ArrayList<>(
        List.of(environment.getOrDefault(PREFIX + "INSTANCES", "").split(",", -1)));
    all.removeIf(String::isBlank);
    return all;
  }
}
