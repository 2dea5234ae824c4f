package dev.scalable.testkit.cluster;

import dev.scalable.testkit.backend.Store;
import java.net.InetSocketAddress;
import java.util.HashMap;
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
  static final Set<String> NAMES = Set.of("HOST", "PORT", "INSTANCE_ID", "INSTANCES", "JDBC_URL", "DB_URL", "DB_HOST",
      "DB_PORT", "DB_NAME", "DB_USER", "DB_PASSWORD", "REDIS_URL", "REDIS_HOST", "REDIS_PORT");

  private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^}]*)}");

  /** What is known to all instances of a cluster and to the steps before them. */
  static Variables of(int instances, Stores stores) {
    Map<String, String> values = new HashMap<>();
    values.put("INSTANCES", Integer.toString(instances));
    Store.Postgres postgres = stores.postgres();
    InetSocketAddress database = stores.postgresForApps();
    if (postgres != null && database != null) {
      String authority = database.getHostString() + ":" + database.getPort();
      values.put("JDBC_URL", "jdbc:postgresql://" + authority + "/" + postgres.database());
      values.put("DB_URL", "postgresql://" + postgres.user() + ":" + postgres.password() + "@" + authority + "/"
          + postgres.database());
      values.put("DB_HOST", database.getHostString());
      values.put("DB_PORT", Integer.toString(database.getPort()));
      values.put("DB_NAME", postgres.database());
      values.put("DB_USER", postgres.user());
      values.put("DB_PASSWORD", postgres.password());
    }
    InetSocketAddress redis = stores.redisForApps();
    if (redis != null) {
      values.put("REDIS_URL", RedisNode.uri(redis).toString());
      values.put("REDIS_HOST", redis.getHostString());
      values.put("REDIS_PORT", Integer.toString(redis.getPort()));
    }
    return new Variables(Map.copyOf(values));
  }

  /** These, and what only the node {@code id} is told. */
  Variables with(String id, String host, int port) {
    Map<String, String> more = new HashMap<>(values);
    more.put("INSTANCE_ID", id);
    more.put("HOST", host);
    more.put("PORT", Integer.toString(port));
    return new Variables(Map.copyOf(more));
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
