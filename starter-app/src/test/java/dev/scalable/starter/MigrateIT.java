package dev.scalable.starter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.config.Settings;
import dev.scalable.db.DbSettings;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.junit.ClusterTest;
import java.io.File;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/** The migration step on a real PostgreSQL, with databases of its own beside that of the app. */
@ClusterTest(app = Main.class, migrate = Migrate.class, instances = 1)
class MigrateIT {

  private static final int AT_ONCE = 100;
  private static final int OF_THEM_PROCESSES = 8;

  @TempDir
  private Path folder;

  private static PGSimpleDataSource source(Cluster cluster, String database) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(cluster.postgres().jdbcUrl());
    source.setUser(cluster.postgres().user());
    source.setPassword(cluster.postgres().password());
    source.setDatabaseName(database);
    return source;
  }

  private static Map<String, String> environment(Cluster cluster, String database) {
    return Map.of("SCALABLE_DB_URL", cluster.postgres().jdbcUrl().replaceAll("/app$", "/" + database),
        "SCALABLE_DB_USER", cluster.postgres().user(), "SCALABLE_DB_PASSWORD", cluster.postgres().password(),
        "STARTER_SAMPLE_PRODUCTS", "10");
  }

  private static void execute(PGSimpleDataSource source, String sql) throws SQLException {
    try (Connection connection = source.getConnection(); Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String one(PGSimpleDataSource source, String sql) throws SQLException {
    try (Connection connection = source.getConnection(); Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  @Test
  void a_hundred_steps_at_once_on_an_empty_database_apply_the_schema_once_and_none_fails(Cluster cluster) throws Exception {
    execute(source(cluster, "app"), "create database empty_at_first");
    Map<String, String> environment = environment(cluster, "empty_at_first");
    CountDownLatch go = new CountDownLatch(1);
    List<Future<String>> told = new ArrayList<>();
    List<Process> processes = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
      for (int i = 0; i < AT_ONCE - OF_THEM_PROCESSES; i++) {
        told.add(threads.submit(() -> {
          go.await();
          return Migrate.with(Settings.of(environment));
        }));
      }
      for (int i = 0; i < OF_THEM_PROCESSES; i++) {
        processes.add(process(environment, i));
      }
      go.countDown();
    } finally {
      for (Process process : processes) {
        if (!process.waitFor(2, TimeUnit.MINUTES)) {
          process.destroyForcibly();
        }
      }
    }
    assertThat(processes).extracting(Process::exitValue).containsOnly(0);
    int didIt = 0;
    for (Future<String> each : told) {
      assertThat(each.get()).startsWith("The database is up to date");
      didIt += each.get().contains(": 0 migrations") ? 0 : 1;
    }
    assertThat(didIt).isLessThanOrEqualTo(1);
    PGSimpleDataSource source = source(cluster, "empty_at_first");
    assertThat(one(source, "select count(*) from flyway_schema_history where version = '1' and success")).isEqualTo("1");
    assertThat(one(source, "select count(*) - count(distinct script) from flyway_schema_history")).isEqualTo("0");
    assertThat(one(source, "select bool_and(success) from flyway_schema_history")).isEqualTo("t");
    assertThat(one(source, "select bool_and(success) from scalable.flyway_schema_history")).isEqualTo("t");
    assertThat(one(source, "select count(*) from product")).isEqualTo("10");
  }

  private Process process(Map<String, String> environment, int number) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(
        ProcessHandle.current().info().command().orElseThrow(), "-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
        "-cp", System.getProperty("java.class.path").replace("/test-classes" + File.pathSeparator, "/no-classes" + File.pathSeparator),
        Migrate.class.getName());
    builder.environment().putAll(environment);
    return builder.redirectErrorStream(true).redirectOutput(folder.resolve("migrate-" + number + ".log").toFile()).start();
  }

  @Test
  void an_index_is_made_concurrently_beside_a_running_transaction_and_waiting_steps(Cluster cluster) throws Exception {
    execute(source(cluster, "app"), "create database indexed_while_used");
    PGSimpleDataSource source = source(cluster, "indexed_while_used");
    Settings settings = Settings.of(environment(cluster, "indexed_while_used"));
    Migrate.with(settings);
    try (Connection user = source.getConnection(); ExecutorService threads = Executors.newFixedThreadPool(4)) {
      user.setAutoCommit(false);
      try (Statement statement = user.createStatement()) {
        statement.executeUpdate("update product set price_cents = price_cents + 1 where id = 1");
      }
      List<Future<String>> steps = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        steps.add(threads.submit(() -> Migrate.with(Settings.of(environment(cluster, "indexed_while_used")),
            List.of("classpath:db/migration", "classpath:db/concurrently"))));
      }
      // The index waits for the transaction, and the table can be written meanwhile.
      while (!one(source, "select count(*) from pg_stat_progress_create_index").equals("1")) {
        Thread.onSpinWait();
      }
      execute(source, "update product set price_cents = price_cents + 1 where id = 2");
      assertThat(steps).noneMatch(Future::isDone);
      user.commit();
      for (Future<String> step : steps) {
        assertThat(step.get(1, TimeUnit.MINUTES)).startsWith("The database is up to date");
      }
    }
    assertThat(one(source, "select indisvalid from pg_index where indexrelid = 'product_name'::regclass")).isEqualTo("t");
  }

  @Test
  void a_step_whose_turn_does_not_come_says_so(Cluster cluster) throws Exception {
    execute(source(cluster, "app"), "create database busy");
    Map<String, String> environment = new HashMap<>(environment(cluster, "busy"));
    environment.put("STARTER_MIGRATE_PATIENCE", "1s");
    try (Turn other = Turn.take(DbSettings.from(Settings.of(environment)), Duration.ofSeconds(5))) {
      assertThat(other.waited()).isLessThan(Duration.ofSeconds(5));
      assertThatThrownBy(() -> Migrate.with(Settings.of(environment)))
          .hasMessage("it was nobody's turn but others' for 1 s, which STARTER_MIGRATE_PATIENCE allows: another migration step is at work");
    }
    assertThat(Migrate.with(Settings.of(environment))).startsWith("The database is up to date");
  }
}
