package dev.scalable.testkit.cluster;

import dev.scalable.testkit.backend.Program;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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
  private static final String URL = PREFIX + "URL";
  private static final String INSTANCES = PREFIX + "INSTANCES";
  private static final String JDBC_URL = PREFIX + "JDBC_URL";
  private static final String DB_USER = PREFIX + "DB_USER";
  private static final String DB_PASSWORD = PREFIX + "DB_PASSWORD";
  private static final String REDIS_URL = PREFIX + "REDIS_URL";

  private static final Pattern JDBC = Pattern.compile("jdbc:postgresql://[^:/?]+(:\\d{1,5})?/[^?]+(\\?.*)?");

  private RunningCluster() {}

  /** Turns {@code app} into the running one that {@code environment} names, or returns it as it is. */
  static AppSpec or(AppSpec app, Map<String, String> environment, List<String> mistakes) {
    URI url = address(URL, environment, mistakes);
    if (url == null) {
      Stream.of(INSTANCES, JDBC_URL, DB_USER, DB_PASSWORD, REDIS_URL)
          .filter(name -> has(environment, name) && !has(environment, URL))
          .forEach(name -> mistakes.add(name + " says something of a cluster that runs already, but " + URL
              + " does not say where it is"));
    }
    AppSpec running = AppSpec.running(url == null ? URI.create("http://unknown") : url)
        .readiness(app.readiness()).instanceHeader(app.instanceHeader());
    for (String one : instances(environment)) {
      int equals = one.indexOf('=');
      URI address = equals < 1 ? null : parsed(one.substring(equals + 1).strip());
      if (address == null) {
        mistakes.add(INSTANCES + " needs id=http://host:port, separated by commas, not \"" + one + "\"");
      } else {
        running = running.instanceAt(one.substring(0, equals).strip(), address);
      }
    }
    if (has(environment, JDBC_URL)) {
      running = running.postgresAt(environment.getOrDefault(JDBC_URL, ""), environment.getOrDefault(DB_USER, ""),
          environment.getOrDefault(DB_PASSWORD, ""));
    }
    URI redis = address(REDIS_URL, environment, mistakes);
    if (redis != null) {
      running = running.redisAt(redis);
    }
    return url == null ? app : running;
  }

  /** What is wrong with the addresses of {@code running}, each as a sentence. */
  static List<String> mistakes(Program.Running running) {
    List<String> mistakes = new ArrayList<>();
    requireHttp("the running cluster", running.balancer(), mistakes);
    running.instances().forEach((id, address) -> requireHttp("the instance " + id, address, mistakes));
    Program.Database database = running.postgres();
    if (database != null && !JDBC.matcher(database.jdbcUrl()).matches()) {
      mistakes.add("the address of the database must be jdbc:postgresql://host[:port]/database, not \""
          + database.jdbcUrl() + "\"");
    }
    if (database != null && database.user().isBlank()) {
      mistakes.add("the database at " + database.jdbcUrl() + " needs a user");
    }
    URI redis = running.redis();
    if (redis != null && (!"redis".equals(redis.getScheme()) || redis.getHost() == null)) {
      mistakes.add("the address of Redis must be redis://host:port, not \"" + redis + "\"");
    }
    return mistakes;
  }

  private static void requireHttp(String what, URI address, List<String> mistakes) {
    String path = address.getRawPath();
    boolean bare = path == null || path.isEmpty() || path.equals("/");
    if (!"http".equals(address.getScheme()) || address.getHost() == null || !bare || address.getRawQuery() != null) {
      mistakes.add("the address of " + what + " must be http://host:port, as the testkit speaks plain HTTP only, not \""
          + address + "\"");
    }
  }

  private static boolean has(Map<String, String> environment, String name) {
    return !environment.getOrDefault(name, "").isBlank();
  }

  private static @Nullable URI address(String name, Map<String, String> environment, List<String> mistakes) {
    if (!has(environment, name)) {
      return null;
    }
    String text = environment.getOrDefault(name, "").strip();
    URI address = parsed(text);
    if (address == null) {
      mistakes.add(name + " is no address: \"" + text + "\"");
    }
    return address;
  }

  private static @Nullable URI parsed(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      return null;
    }
  }

  private static List<String> instances(Map<String, String> environment) {
    List<String> all = new ArrayList<>(List.of(environment.getOrDefault(INSTANCES, "").split(",", -1)));
    all.removeIf(String::isBlank);
    return all.stream().map(String::strip).toList();
  }
}
