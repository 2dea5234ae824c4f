package dev.scalable.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.Instance;
import dev.scalable.testkit.cluster.TinyApp;
import dev.scalable.testkit.cluster.TinyMigration;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

@ClusterTest(app = TinyApp.class, migrate = TinyMigration.class, instances = 1, maxInstances = 2,
    env = "TINY_DB=${JDBC_URL}", jvm = "-Dtiny.flag=${INSTANCE_ID}", args = {"of ${INSTANCES}", "${REDIS_URL}"},
    links = true)
class ClusterTestAnnotationTest {
  private static final Pattern REDIS_ARGUMENT = Pattern.compile("arguments \\[.*, (redis:[^]]+)]");
  private static final Set<Cluster> SEEN = new HashSet<>();

  private final Cluster ofTheConstructor;

  ClusterTestAnnotationTest(Cluster cluster) {
    ofTheConstructor = cluster;
  }

  @Test void constructor_and_method_get_the_same_cluster(Cluster cluster) {
    assertThat(cluster).isSameAs(ofTheConstructor);
  }

  @RepeatedTest(2) void every_test_finds_the_instances_of_the_start_whatever_another_did(Cluster cluster) {
    assertThat(cluster.instances()).hasSize(1).allMatch(Instance::isRunning);
    cluster.instance(1).kill();
    cluster.addInstance();
    SEEN.add(cluster);
    assertThat(SEEN).as("one cluster for the class").hasSize(1);
  }

  @Test void the_app_is_told_its_settings_and_the_migration_ran_before(Cluster cluster) {
    assertThat(cluster.instance(1).log().lines())
        .contains("flag app-1, arguments [of 1, " + redisOfTheApp(cluster) + "]");
    assertThat(cluster.runDirectory().resolve("logs/migrate.log")).content().contains("migrated as migrate");
  }

  @Test void links_stand_between_the_app_and_its_stores_and_not_before_the_test(Cluster cluster) throws IOException {
    URI told = redisOfTheApp(cluster);
    InetSocketAddress redis = new InetSocketAddress(told.getHost(), told.getPort());
    assertThat(redis.getPort()).isNotEqualTo(cluster.redis().address().getPort());
    assertThat(pinged(redis)).isEqualTo("+PONG");
    cluster.redis().link().cut();
    assertThatThrownBy(() -> pinged(redis)).isInstanceOf(IOException.class);
    assertThat(pinged(cluster.redis().address())).isEqualTo("+PONG");
  }

  /** As it was told in its last argument, and prints. */
  private static URI redisOfTheApp(Cluster cluster) {
    return cluster.instance(1).log().lines().stream()
        .map(REDIS_ARGUMENT::matcher).filter(Matcher::find).map(found -> URI.create(found.group(1)))
        .findFirst().orElseThrow();
  }

  private static String pinged(InetSocketAddress redis) throws IOException {
    try (Socket socket = new Socket(redis.getAddress(), redis.getPort())) {
      socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
      byte[] answer = socket.getInputStream().readNBytes(5);
      if (answer.length == 0) {
        throw new IOException("the connection was closed");
      }
      return new String(answer, StandardCharsets.US_ASCII);
    }
  }

  @Nested class Inside {
    @Test void a_nested_class_shares_the_cluster(Cluster cluster) {
      assertThat(cluster).isSameAs(ofTheConstructor);
    }
  }
}
