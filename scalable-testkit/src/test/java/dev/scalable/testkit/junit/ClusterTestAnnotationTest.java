package dev.scalable.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.Instance;
import dev.scalable.testkit.cluster.TinyApp;
import dev.scalable.testkit.cluster.TinyMigration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

@ClusterTest(app = TinyApp.class, migrate = TinyMigration.class, instances = 1, maxInstances = 2,
    env = "TINY_DB=${JDBC_URL}", jvm = "-Dtiny.flag=${INSTANCE_ID}", args = "of ${INSTANCES}")
class ClusterTestAnnotationTest {
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
    assertThat(cluster.instance(1).log().lines()).contains("flag app-1, arguments [of 1]");
    assertThat(cluster.runDirectory().resolve("logs/migrate.log")).content().contains("migrated as migrate");
  }

  @Nested class Inside {
    @Test void a_nested_class_shares_the_cluster(Cluster cluster) {
      assertThat(cluster).isSameAs(ofTheConstructor);
    }
  }
}
