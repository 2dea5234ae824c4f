package dev.scalable.testkit.cluster;

import static dev.scalable.testkit.load.Load.iterations;
import static dev.scalable.testkit.load.Load.users;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.junit.ClusterTest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The data of a cluster: over restarts of its servers, over a reset, and what it costs the processor. */
@ClusterTest(app = TinyApp.class, instances = 1)
class StoresTest {
  /** A third of a second for a processor of today. */
  private static final String WORK = "select sum(sqrt(n)) from generate_series(1, 3000000) n";

  private final Cluster cluster;

  StoresTest(Cluster cluster) {
    this.cluster = cluster;
  }

  @AfterEach void drop_all() {
    sql("drop schema public cascade; create schema public; drop schema if exists other cascade");
  }

  @Test void postgres_keeps_its_address_and_its_data_over_a_restart() {
    PostgresNode postgres = cluster.postgres();
    sql("create table kept (what text); insert into kept values ('yes')");
    String address = postgres.jdbcUrl();
    postgres.stop();
    assertThat(postgres.server().node().isRunning()).isFalse();
    assertThatThrownBy(() -> postgres.dataSource().getConnection()).isInstanceOf(SQLException.class);
    postgres.stop(); // a second time is no mistake
    postgres.start();
    assertThat(postgres.server().node().isRunning()).isTrue();
    assertThat(postgres.jdbcUrl()).isEqualTo(address);
    assertThat(strings("select what from kept")).containsExactly("yes");
  }

  @Test void a_server_that_runs_cannot_be_started_and_goes_on() {
    long postgres = cluster.postgres().server().node().pid();
    assertThatThrownBy(() -> cluster.postgres().start())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("PostgreSQL runs already, as process " + postgres);
    assertThat(cluster.postgres().server().node().pid()).isEqualTo(postgres);
    assertThatThrownBy(() -> cluster.redis().start())
        .isInstanceOf(IllegalStateException.class).hasMessageContaining("Redis runs already");
    assertThat(cluster.redis().server().node().isRunning()).isTrue();
    assertThat(strings("select 'it answers'")).containsExactly("it answers");
  }

  @Test void redis_keeps_its_address_over_a_restart_and_is_empty_then() {
    RedisNode redis = cluster.redis();
    assertThat(TinyRedis.ask(redis, "SET there yes")).isEqualTo("+OK");
    var address = redis.uri();
    redis.stop();
    assertThat(redis.server().node().isRunning()).isFalse();
    redis.start();
    assertThat(redis.server().node().isRunning()).isTrue();
    assertThat(redis.uri()).isEqualTo(address);
    assertThat(TinyRedis.ask(redis, "EXISTS there")).isEqualTo(":0");
    redis.restart();
    assertThat(TinyRedis.ask(redis, "PING")).isEqualTo("+PONG");
  }

  @Test void the_processor_time_of_a_query_is_counted_while_its_process_lives() throws SQLException {
    Duration before = used("postgres");
    try (Connection connection = cluster.postgres().dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(WORK);
      assertThat(used("postgres").minus(before)).isGreaterThan(Duration.ofMillis(100));
    }
  }

  @Test void the_processor_time_of_a_query_is_counted_when_its_process_has_ended_before_anybody_looked() {
    Duration before = used("postgres");
    strings(WORK);
    Awaitility.await().atMost(Tiny.LIMIT)
        .until(() -> strings("select count(*) from pg_stat_activity where query like '%generate_series%'"
            + " and pid <> pg_backend_pid()").equals(List.of("0")));
    assertThat(used("postgres").minus(before)).isGreaterThan(Duration.ofMillis(100));
  }

  @Test void the_processor_time_of_instances_and_balancer_grows_with_their_work_and_never_falls() {
    Duration app = cluster.instance(1).cpuTime();
    Duration nginx = used("nginx");
    cluster.load().get("/").closed(users(8), iterations(500)).run();
    assertThat(cluster.instance(1).cpuTime().minus(app)).isGreaterThan(Duration.ofMillis(20));
    assertThat(used("nginx").minus(nginx)).isGreaterThan(Duration.ofMillis(20));
    Duration worked = used("nginx");
    cluster.balancer().reload();
    assertThat(used("nginx")).as("its workers have ended").isGreaterThanOrEqualTo(worked);
    cluster.instance(1).kill();
    assertThat(cluster.cpuTimes()).containsOnlyKeys("nginx", "postgres", "redis");
  }

  @Test void a_reset_empties_every_table_of_every_schema_and_keeps_what_migrations_noted() {
    shop();
    assertThat(TinyRedis.ask(cluster.redis(), "SET there yes")).isEqualTo("+OK");
    cluster.reset();
    assertThat(rows()).containsExactly("customer 0", "orders 0", "other.Odd Name 0", "sales_1 0", "sales_2 0",
        "flyway_schema_history 1");
    sql("insert into customer default values; insert into sales (day) values ('2026-01-05')");
    assertThat(strings("select id from customer union all select id from sales")).containsExactly("1", "1");
    assertThat(TinyRedis.ask(cluster.redis(), "EXISTS there")).isEqualTo(":0");
  }

  @Test void a_reset_keeps_whole_partitioned_tables_and_single_partitions_if_told() {
    shop();
    cluster.reset("sales");
    assertThat(rows()).contains("customer 0", "orders 0", "sales_1 1", "sales_2 1");
    cluster.reset("sales_1");
    assertThat(rows()).contains("sales_1 1", "sales_2 0");
  }

  @Test void a_reset_of_a_table_keeps_its_heirs_if_told() {
    sql("""
        create table note (what text); create table kept_note () inherits (note);
        insert into note values ('gone'); insert into kept_note values ('kept')""");
    cluster.reset("kept_note");
    assertThat(strings("select what from note")).containsExactly("kept");
    cluster.reset();
    assertThat(strings("select what from note")).isEmpty();
  }

  @Test void a_kept_table_that_refers_to_others_fails_the_reset_and_nothing_is_changed() {
    shop();
    List<String> before = rows();
    assertThatThrownBy(() -> cluster.reset("orders"))
        .isInstanceOf(ClusterException.class)
        .hasMessageContaining("could not be emptied, all of them are as they were")
        .hasMessageContaining("Table \"orders\" references \"customer\"");
    assertThat(rows()).isEqualTo(before);
    cluster.reset("orders", "customer");
    assertThat(rows()).contains("customer 1", "orders 1", "other.Odd Name 0");
  }

  @Test void a_table_to_keep_that_does_not_exist_is_a_mistake_and_nothing_is_changed() {
    shop();
    List<String> before = rows();
    assertThatThrownBy(() -> cluster.reset("order", "sales"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("there is no table [order] whose rows could be kept");
    assertThat(rows()).isEqualTo(before);
  }

  private void shop() {
    sql("""
        create table customer (id serial primary key);
        create table orders (id serial, customer_id int references customer);
        create schema other;
        create table other."Odd Name" (id int);
        create table sales (id int generated by default as identity, day date) partition by range (day);
        create table sales_1 partition of sales for values from ('2026-01-01') to ('2026-02-01');
        create table sales_2 partition of sales for values from ('2026-02-01') to ('2026-03-01');
        create table flyway_schema_history (version text);
        insert into customer default values;
        insert into orders (customer_id) values (1);
        insert into other."Odd Name" values (1);
        insert into sales (day) values ('2026-01-05'), ('2026-02-05');
        insert into flyway_schema_history values ('1')""");
  }

  private List<String> rows() {
    return strings("""
        select 'customer ' || count(*) from customer union all select 'orders ' || count(*) from orders
        union all select 'other.Odd Name ' || count(*) from other."Odd Name"
        union all select 'sales_1 ' || count(*) from sales_1 union all select 'sales_2 ' || count(*) from sales_2
        union all select 'flyway_schema_history ' || count(*) from flyway_schema_history""");
  }

  private Duration used(String node) {
    return cluster.cpuTimes().getOrDefault(node, Duration.ZERO);
  }

  private void sql(String statements) {
    try (Connection connection = cluster.postgres().dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(statements);
    } catch (SQLException e) {
      throw new AssertionError(statements, e);
    }
  }

  private List<String> strings(String query) {
    try (Connection connection = cluster.postgres().dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      List<String> found = new ArrayList<>();
      while (rows.next()) {
        found.add(rows.getString(1));
      }
      return found;
    } catch (SQLException e) {
      throw new AssertionError(query, e);
    }
  }
}
