package dev.scalable.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.config.Settings;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.Instance;
import dev.scalable.testkit.junit.ClusterTest;
import dev.scalable.testkit.load.Answer;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Client;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** An instance, as a process, on a database whose schema is older or newer than it needs. */
@ClusterTest(app = Main.class, migrate = Migrate.class, instances = 1, env = "STARTER_SAMPLE_PRODUCTS=10")
class SchemaIT {

  private static void execute(Cluster cluster, String sql) throws Exception {
    try (Connection connection = cluster.postgres().dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Settings settings(Cluster cluster) {
    return Settings.of(Map.of("SCALABLE_DB_URL", cluster.postgres().jdbcUrl(), "SCALABLE_DB_USER", cluster.postgres().user(),
        "SCALABLE_DB_PASSWORD", cluster.postgres().password(), "STARTER_SAMPLE_PRODUCTS", "10"));
  }

  /** What the health port of the latest start answers; empty before it listens. */
  private static String health(Instance instance, String path) throws Exception {
    String told = " tells of its health on ";
    Optional<String> address = instance.log().lines().stream().filter(line -> line.contains(told))
        .reduce((earlier, later) -> later).map(line -> line.substring(line.indexOf(told) + told.length()).strip());
    if (address.isEmpty()) {
      return "";
    }
    URI uri = URI.create("http://" + address.get() + path);
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer = http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() + " " + answer.body();
    } catch (ConnectException e) {
      return "";
    }
  }

  private static boolean isWaitingFor(String sentence, Instance instance) {
    return instance.log().lines().stream().anyMatch(line -> line.contains("not ready") && line.contains(sentence));
  }

  @Test
  void an_instance_on_an_old_schema_is_alive_says_what_it_waits_for_and_becomes_ready_once_migrated(Cluster cluster)
      throws Exception {
    Instance instance = cluster.instance(1);
    instance.terminate(Duration.ofSeconds(20));
    execute(cluster, """
        do $$ declare each text; begin
          for each in select quote_ident(tablename) from pg_tables where schemaname = 'public' loop
            execute 'drop table ' || each || ' cascade';
          end loop;
        end $$
        """);

    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Future<?> started = threads.submit(instance::start);
      String sentence = "The database has no schema yet, and this instance needs version " + SchemaModule.NEEDED + ": run java -cp APP "
          + Migrate.class.getName();
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (!health(instance, "/health/checks").contains(sentence) || !isWaitingFor(sentence, instance)) {
        assertThat(System.nanoTime() - end).as("health page and log say so within a minute").isNegative();
        assertThat(started).isNotDone();
      }
      assertThat(health(instance, "/health/live")).startsWith("200");
      assertThat(health(instance, "/health/ready")).startsWith("503");
      long pid = instance.pid();

      assertThat(Migrate.with(settings(cluster))).startsWith("The database is up to date: ").doesNotContain(": 0 migrations");

      started.get(60, TimeUnit.SECONDS);
      assertThat(instance.pid()).as("the same process").isEqualTo(pid);
      assertThat(health(instance, "/health/ready")).startsWith("200");
      try (Client client = Client.open(instance.uri())) {
        Answer answer = client.send(Call.get("/products/1"));
        assertThat(answer.status()).isEqualTo(200);
      }
    }
  }

  @Test
  void an_instance_on_a_newer_schema_than_it_knows_starts(Cluster cluster) throws Exception {
    execute(cluster, "insert into flyway_schema_history select 1000, '99', 'later', 'SQL', 'V99__later.sql', 1, installed_by,"
        + " installed_on, 1, true from flyway_schema_history limit 1");
    try {
      cluster.instance(1).restart(Duration.ofSeconds(20));

      assertThat(health(cluster.instance(1), "/health/ready")).startsWith("200");
      assertThat(Migrate.with(settings(cluster))).contains("0 migrations");
    } finally {
      execute(cluster, "delete from flyway_schema_history where installed_rank = 1000");
    }
  }
}
