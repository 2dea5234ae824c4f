package dev.scalable.testkit.cluster;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an app is told about its place in the cluster, by {@code ${NAME}} in its arguments, flags and environment. */
record Variables(Map<String, String> values) {
  /** The port to listen on, the only one that every app must be told somehow. */
  static final String PORT = "${PORT}";

  /** All names there are. */
  static final Set<String> NAMES = Set.of(
      "PORT", "INSTANCE_ID", "INSTANCES", "JDBC_URL", "DB_USER", "DB_PASSWORD", "REDIS_URL");

  private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^}]*)}");

  static Variables of(int port, String id, int instances, PostgresNode postgres, RedisNode redis) {
    return new Variables(Map.of("PORT", Integer.toString(port), "INSTANCE_ID", id,
        "INSTANCES", Integer.toString(instances), "JDBC_URL", postgres.jdbcUrl(), "DB_USER", postgres.user(),
        "DB_PASSWORD", postgres.password(), "REDIS_URL", redis.uri().toString()));
  }

  /** Returns {@code text} with every reference replaced by its value. */
  String expand(String text) {
    return REFERENCE.matcher(text)
        .replaceAll(match -> Matcher.quoteReplacement(values.getOrDefault(match.group(1), "")));
  }

  /** Reports the references in {@code text} to a variable that does not exist. */
  static void check(String text, Consumer<String> mistakes) {
    Matcher matcher = REFERENCE.matcher(text);
    while (matcher.find()) {
      if (!NAMES.contains(matcher.group(1))) {
        mistakes.accept(
            "unknown variable " + matcher.group() + " in \"" + text + "\"; there are " + new TreeSet<>(NAMES));
      }
    }
  }
}
