package dev.scalable.deploy.docker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.starter.Main;
import dev.scalable.starter.Migrate;
import dev.scalable.testkit.cluster.AppSpec;
import dev.scalable.testkit.backend.Backend;
import dev.scalable.testkit.cluster.Cluster;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The image's own commands, on this machine: what they make is what runs. */
class PackagedIT {

  @TempDir
  static Path folder;

  private static Cluster cluster;
  private static Packaged packaged;

  @BeforeAll
  static void link_and_train() throws Exception {
    packaged = Packaged.in(folder);
    cluster = Cluster.builder().app(AppSpec.mainClass(Main.class).migrate(Migrate.class.getName())
        .env("STARTER_SAMPLE_PRODUCTS", "10")).backend(Backend.LOCAL).instances(1).start();
    packaged.train(cluster);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void what_was_linked_and_trained_serves_with_its_cache_and_drains() throws Exception {
    try (Boot boot = Boot.of(packaged.commandWithCache(), Packaged.environment(cluster), folder.resolve("boot.log"))) {
      assertThat(boot.get("/products/1")).startsWith("HTTP/1.1 200 ").contains("\"id\":1");
      assertThat(boot.get("/")).as("read out of the jar by a module that jdeps does not see").startsWith("HTTP/1.1 200 ");
      assertThat(boot.end()).isEqualTo(143);
      assertThat(boot.log()).content(UTF_8).contains("drained").doesNotContain("[aot]");
    }
  }

  @Test
  void the_run_time_has_what_the_app_uses_and_not_what_only_its_build_does() throws Exception {
    Path log = folder.resolve("modules.log");
    Process process = Packaged.start(List.of(packaged.java().toString(), "--list-modules"), Map.of(), log);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(log).content(UTF_8).contains("java.base", "java.sql", "jdk.zipfs", "jdk.net")
        .doesNotContain("java.compiler", "jdk.compiler", "jdk.jlink");
  }

  @Test
  void a_cache_that_was_trained_otherwise_is_refused_and_not_ignored() throws Exception {
    Path log = folder.resolve("refused.log");
    Process process = Packaged.start(packaged.commandWithCache("-XX:-UseCompactObjectHeaders"),
        Packaged.environment(cluster), log);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(1);
    assertThat(log).content(UTF_8).contains("Unable to use AOT cache");
  }
}
