package dev.scalable.testkit.cluster;

import static dev.scalable.testkit.check.TestkitAssertions.assertThat;
import static dev.scalable.testkit.load.Load.iterations;
import static dev.scalable.testkit.load.Load.users;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.scalable.testkit.backend.Capability;
import dev.scalable.testkit.junit.ClusterTest;
import dev.scalable.testkit.load.Pinning;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A cluster that somebody else has started, judged by its addresses: here one that this test has started. */
@ClusterTest(app = TinyApp.class, instances = 2)
class ExternalClusterTest {
  private final Cluster theirs;

  ExternalClusterTest(Cluster theirs) {
    this.theirs = theirs;
  }

  @Test void load_is_spread_evenly_and_can_be_sent_to_one_instance() {
    try (Cluster cluster = all().start()) {
      assertThat(cluster.load().get("/").closed(users(4), iterations(25)).run()).allSucceeded().evenlyDistributed();
      assertThat(cluster.load().get("/").pinning(Pinning.to("app-2")).closed(users(2), iterations(5)).run())
          .allSucceeded().servedBy("app-2");
    }
    assertThat(theirs.instances()).as("the end of ours is none of theirs").allMatch(Instance::isRunning);
    assertThat(Tiny.who(theirs.uri())).startsWith("app-");
  }

  @Test void its_stores_are_those_that_were_told() throws SQLException {
    try (Cluster cluster = all().start();
        Connection connection = cluster.postgres().dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(
            "select current_database() || current_user || current_setting('application_name')")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getString(1)).as("the options of the address count").isEqualTo("appapptold");
      assertThat(cluster.redis().uri()).isEqualTo(theirs.redis().uri());
    }
  }

  @Test void it_says_what_it_is_and_what_it_has() {
    try (Cluster cluster = all().start()) {
      assertThat(cluster.backend()).isEqualTo("external (the app runs already): a cluster that runs already at "
          + theirs.uri() + ", a balancer of unknown kind");
      assertThat(cluster.capabilities()).containsExactlyInAnyOrder(Capability.POSTGRES, Capability.REDIS);
      assertThat(cluster.instances()).extracting(Instance::id).containsExactly("app-1", "app-2");
      assertThat(cluster.instance(2).uri()).isEqualTo(theirs.instance(2).uri());
      assertThat(cluster).asString().contains("cluster at " + theirs.uri() + " of [app-1 at "
          + theirs.instance(1).uri() + ", app-2 at ").doesNotContain("process");
      assertThat(cluster.cpuTimes()).isEmpty();
      assertThat(cluster.logs()).isEmpty();
      cluster.restore(); // nothing to restore is no mistake
    }
  }

  @Test void nothing_but_an_address_is_enough_for_load_and_the_rest_is_refused() {
    List<String> progress = new ArrayList<>();
    try (Cluster cluster = running().progress(progress::add).start()) {
      assertThat(cluster.capabilities()).isEmpty();
      assertThat(cluster.instances()).isEmpty();
      assertThat(cluster.load().get("/").closed(users(2), iterations(10)).run())
          .allSucceeded().servedBy("app-1", "app-2");
      assertRefused(Capability.POSTGRES, cluster, Cluster::postgres);
      assertRefused(Capability.REDIS, cluster, Cluster::redis);
    }
    assertThat(progress).contains("backend external (the app runs already)");
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        refusal(Capability.KILL, "kill", cluster -> cluster.instance(1).kill()),
        refusal(Capability.KILL, "pid", cluster -> cluster.instance(1).pid()),
        refusal(Capability.RESTART, "terminate", cluster -> cluster.instance(1).terminate(Duration.ofSeconds(1))),
        refusal(Capability.RESTART, "start", cluster -> cluster.instance(1).start()),
        refusal(Capability.RESTART, "restart", cluster -> cluster.instance(1).restart(Duration.ofSeconds(1))),
        refusal(Capability.RESTART, "rolling restart", Cluster::rollingRestart),
        refusal(Capability.PAUSE, "pause", cluster -> cluster.instance(1).pause()),
        refusal(Capability.PAUSE, "resume", cluster -> cluster.instance(1).resume()),
        refusal(Capability.RESIZE, "add", Cluster::addInstance),
        refusal(Capability.RESIZE, "remove", cluster -> cluster.removeInstance(1)),
        refusal(Capability.BALANCER_CONTROL, "reload", cluster -> cluster.balancer().reload()),
        refusal(Capability.BALANCER_CONTROL, "mark down", cluster -> cluster.balancer().markDown(cluster.instance(1))),
        refusal(Capability.BALANCER_CONTROL, "mark up", cluster -> cluster.balancer().markUp(cluster.instance(1))),
        refusal(Capability.BALANCER_CONTROL, "configuration", cluster -> cluster.balancer().configuration()),
        refusal(Capability.ACCESS_LOG, "access log", cluster -> cluster.balancer().accessLog()),
        refusal(Capability.CALIBRATION, "status", cluster -> cluster.balancer().statusUri()),
        refusal(Capability.CALIBRATION, "calibrate", Cluster::calibrate),
        refusal(Capability.STORE_RESTART, "restart PostgreSQL", cluster -> cluster.postgres().restart()),
        refusal(Capability.STORE_RESTART, "restart Redis", cluster -> cluster.redis().restart()),
        refusal(Capability.RESET, "flush", cluster -> cluster.redis().flushAll()),
        refusal(Capability.RESET, "reset", Cluster::reset),
        refusal(Capability.CPU_TIME, "processor time", cluster -> cluster.instance(1).cpuTime()),
        refusal(Capability.LOGS, "log", cluster -> cluster.instance(1).log()),
        refusal(Capability.LOGS, "log of PostgreSQL", cluster -> cluster.postgres().log()),
        refusal(Capability.LOGS, "log of Redis", cluster -> cluster.redis().log()),
        refusal(Capability.LOGS, "log of the balancer", cluster -> cluster.balancer().log()));
  }

  @ParameterizedTest(name = "{1} needs {0}") @MethodSource("refusals")
  void what_cannot_be_done_to_it_is_refused_by_the_name_of_the_capability(
      Capability capability, Consumer<Cluster> action) {
    try (Cluster cluster = all().start()) {
      assertRefused(capability, cluster, action);
      assertThat(theirs.instances()).allMatch(Instance::isRunning);
    }
  }

  @Test void the_environment_can_name_it(@TempDir Path folder) throws IOException, InterruptedException {
    Map<String, String> environment = Map.of(
        "SCALABLE_TESTKIT_URL", theirs.uri().toString(),
        "SCALABLE_TESTKIT_INSTANCES", "app-1=" + theirs.instance(1).uri() + ", app-2=" + theirs.instance(2).uri(),
        "SCALABLE_TESTKIT_JDBC_URL", theirs.postgres().jdbcUrl(),
        "SCALABLE_TESTKIT_DB_USER", theirs.postgres().user(),
        "SCALABLE_TESTKIT_DB_PASSWORD", theirs.postgres().password(),
        "SCALABLE_TESTKIT_REDIS_URL", theirs.redis().uri().toString());
    try (HostJvm host = HostJvm.start(folder, environment)) {
      host.awaitPrinted("the cluster runs: cluster at " + theirs.uri() + " of [app-1 at " + theirs.instance(1).uri()
          + ", app-2 at " + theirs.instance(2).uri() + "], PostgreSQL at " + theirs.postgres().jdbcUrl()
          + ", Redis at " + theirs.redis().uri());
      assertThat(host.log().lines()).contains("backend external (the app runs already)");
      host.end("TERM", false);
    }
  }

  @Test void all_mistakes_in_the_environment_are_told_at_once() {
    AppSpec app = AppSpec.mainClass(TinyApp.class);
    List<String> mistakes = new ArrayList<>();
    AppSpec named = RunningCluster.or(app, Map.of(
        "SCALABLE_TESTKIT_URL", "https://staging.example/shop",
        "SCALABLE_TESTKIT_INSTANCES", "app-1,app-2=10.0.0.2:8080,app-3=http://a b",
        "SCALABLE_TESTKIT_JDBC_URL", "postgres://db/app",
        "SCALABLE_TESTKIT_REDIS_URL", "rediss://cache"), mistakes);
    mistakes.addAll(named.mistakes());
    assertThat(mistakes).containsExactly(
        "SCALABLE_TESTKIT_INSTANCES needs id=http://host:port, separated by commas, not \"app-1\"",
        "SCALABLE_TESTKIT_INSTANCES needs id=http://host:port, separated by commas, not \"app-2=10.0.0.2:8080\"",
        "SCALABLE_TESTKIT_INSTANCES needs id=http://host:port, separated by commas, not \"app-3=http://a b\"",
        "the address of the running cluster must be http://host:port, as the testkit speaks plain HTTP only, not"
            + " \"https://staging.example/shop\"",
        "the address of the database must be jdbc:postgresql://host[:port]/database, not \"postgres://db/app\"",
        "the database at postgres://db/app needs a user",
        "the address of Redis must be redis://host:port, not \"rediss://cache\"");
  }

  @Test void an_environment_that_names_only_parts_of_it_is_a_mistake_and_one_that_names_nothing_changes_nothing() {
    AppSpec app = AppSpec.mainClass(TinyApp.class);
    List<String> mistakes = new ArrayList<>();
    assertThat(RunningCluster.or(app, Map.of("SCALABLE_TESTKIT_URL", " ", "PATH", "/bin"), mistakes)).isSameAs(app);
    assertThat(mistakes).isEmpty();
    RunningCluster.or(app, Map.of("SCALABLE_TESTKIT_INSTANCES", "app-1=http://10.0.0.1:8080"), mistakes);
    assertThat(mistakes).containsExactly("SCALABLE_TESTKIT_INSTANCES says something of a cluster that runs already,"
        + " but SCALABLE_TESTKIT_URL does not say where it is");
  }

  @Test void a_running_cluster_takes_no_migration() {
    assertThatThrownBy(() -> Cluster.builder()
        .app(AppSpec.running(theirs.uri()).migrate(TinyMigration.class.getName())).start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a cluster that runs already takes no migration");
  }

  /** Both at once: each is waited for, as an app that has just been deployed may not answer yet. */
  @Test void a_wrong_address_of_an_instance_is_told_by_who_answers_there_and_one_where_nobody_listens_too()
      throws IOException {
    int nobody;
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = taken.getLocalPort();
    }
    AppSpec nowhere = AppSpec.running(URI.create("http://127.0.0.1:" + nobody));
    AppSpec wrong =
        AppSpec.running(theirs.uri()).instanceHeader("X-Tiny").instanceAt("app-7", theirs.instance(1).uri());
    CompletableFuture<Throwable> failure = CompletableFuture.supplyAsync(() -> failureOf(nowhere));

    assertThat(failureOf(wrong))
        .hasMessageContaining("app-7, which is said to run, was not ready at " + theirs.instance(1).uri())
        .hasMessageContaining("(last answer: status 200 with app-1)")
        .hasMessageContaining("is its address right, and can it be reached from here?");
    assertThat(failure.join())
        .hasMessageContaining("http://127.0.0.1:" + nobody + "/health/ready did not answer with a status of 2xx")
        .hasMessageContaining("last answer by that header: none");
  }

  private static Throwable failureOf(AppSpec app) {
    return catchThrowable(() -> Cluster.builder().app(app).start());
  }

  private static Arguments refusal(Capability capability, String name, Consumer<Cluster> action) {
    return Arguments.of(capability, Named.of(name, action));
  }

  private static void assertRefused(Capability capability, Cluster cluster, Consumer<Cluster> action) {
    assertThatThrownBy(() -> action.accept(cluster))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("this cluster (external) does not have the capability \"" + capability + "\"; it has ")
        .hasMessageContaining(cluster.capabilities().isEmpty() ? "[]" : "[postgres, redis]");
  }

  private ClusterBuilder running() {
    return Cluster.builder().app(AppSpec.running(theirs.uri()).instanceHeader("X-Tiny"));
  }

  private ClusterBuilder all() {
    return Cluster.builder().app(AppSpec.running(theirs.uri()).instanceHeader("X-Tiny")
        .instanceAt("app-1", theirs.instance(1).uri())
        .instanceAt("app-2", theirs.instance(2).uri())
        .postgresAt(theirs.postgres().jdbcUrl() + "?ApplicationName=told", "app", "app")
        .redisAt(theirs.redis().uri()));
  }
}
