package dev.scalable.testkit.shop;

import dev.scalable.testkit.cluster.AppSpec;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.ClusterBuilder;
import dev.scalable.testkit.cluster.Instance;
import dev.scalable.testkit.load.Answer;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Client;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Clusters of the shop, and the bugs in them. */
final class Shop {
  private Shop() {}

  /** How the shop is told its settings. */
  static AppSpec app() {
    return AppSpec.mainClass(ShopServer.class)
        .env("SHOP_PORT", "${PORT}")
        .env("SHOP_ID", "${INSTANCE_ID}")
        .env("SHOP_DB", "${JDBC_URL}")
        .env("SHOP_DB_USER", "${DB_USER}")
        .env("SHOP_DB_PASSWORD", "${DB_PASSWORD}")
        .env("SHOP_REDIS", "${REDIS_URL}")
        .instanceHeader("X-Instance-Id")
        .migrate(ShopMigration.class.getName());
  }

  /** A cluster of two instances. */
  static ClusterBuilder cluster() {
    return Cluster.builder().app(app()).instances(2);
  }

  /** Gives these bugs to every instance, and takes all others away, with what they have spoilt in memory. */
  static void become(Cluster cluster, Bug... bugs) {
    cluster.instances().forEach(instance -> become(instance, bugs));
  }

  /** Gives these bugs to one instance. */
  static void become(Instance instance, Bug... bugs) {
    String labels = Arrays.stream(bugs).map(Bug::label).collect(Collectors.joining(","));
    try (Client client = Client.open(instance.uri())) {
      Answer answer = client.send(Call.of("PUT", "/bugs").body("text/plain", labels.getBytes(
          StandardCharsets.US_ASCII)));
      if (answer.status() != 204) {
        throw new IllegalStateException(instance + " does not become " + List.of(bugs) + ": " + answer);
      }
    }
  }
}
