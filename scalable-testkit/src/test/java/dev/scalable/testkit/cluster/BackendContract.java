package dev.scalable.testkit.cluster;

import static dev.scalable.testkit.check.TestkitAssertions.assertThat;
import static dev.scalable.testkit.load.Load.at;
import static dev.scalable.testkit.load.Load.iterations;
import static dev.scalable.testkit.load.Load.users;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.scalable.testkit.backend.Backend;
import dev.scalable.testkit.backend.Capability;
import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.backend.Exit;
import dev.scalable.testkit.load.Answer;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Client;
import dev.scalable.testkit.load.LoadResult;
import dev.scalable.testkit.load.NoAnswerException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * What every backend has to do, so that a test means the same on each: to be extended by one class per backend, which
 * runs all of it. One cluster with links serves all tests; each gets it as it was started.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Isolated("load and faults need the machine for themselves")
abstract class BackendContract {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final RollingPolicy QUICK = RollingPolicy.standard().soak(Duration.ofMillis(50));

  private final Backend backend;
  private Cluster cluster; // from start() to end()

  @SuppressWarnings("NullAway.Init")
  BackendContract(Backend backend) {
    this.backend = backend;
  }

  @BeforeAll
  void start() {
    cluster = builder().links().start();
  }

  @AfterAll
  void end() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @BeforeEach
  void restore() {
    cluster.restore();
  }

  private ClusterBuilder builder() {
    return builder(app());
  }

  private ClusterBuilder builder(AppSpec app) {
    return Cluster.builder().backend(backend).app(app).instances(2).maxInstances(3).progress(System.out::println);
  }

  private static AppSpec app() {
    return AppSpec.mainClass(WorkingApp.class)
        .env("WORKING_DB", "${JDBC_URL}").env("WORKING_USER", "${DB_USER}").env("WORKING_PASSWORD", "${DB_PASSWORD}")
        .env("WORKING_REDIS", "${REDIS_URL}").env("WORKING_COUNT", "${INSTANCES}")
        .jvm("-Dworking.flag=${INSTANCE_ID}");
  }

  // --- start

  @Test void the_backend_says_what_it_is_and_why_it_was_chosen() {
    assertThat(cluster.backend()).startsWith(backend.toString() + " (the test asks for it): ").contains("nginx");
  }

  @Test void it_has_every_capability() {
    assertThat(cluster.capabilities()).containsExactlyInAnyOrder(Capability.values());
  }

  @Test void every_instance_answers_directly_by_its_own_name() {
    for (Instance instance : cluster.instances()) {
      assertThat(body(instance, "/")).isEqualTo(instance.id());
    }
  }

  @Test void the_balancer_deals_in_exact_turns() {
    assertThat(load(20, 10)).allSucceeded().evenlyDistributed().servedByExactly(2);
  }

  @Test void an_app_is_told_its_settings() {
    assertThat(body(cluster.instance(2), "/env?TINY_ID")).isEqualTo("app-2");
    assertThat(body(cluster.instance(2), "/env?WORKING_COUNT")).isEqualTo("2");
    assertThat(cluster.instance(2).log().lines()).contains("app-2 listens, flag app-2");
  }

  @Test void an_app_reaches_the_database() {
    assertThat(body(cluster.instance(1), sql("select current_database() || ' ' || current_user"))).isEqualTo("app app");
  }

  @Test void an_app_reaches_redis() {
    assertThat(body(cluster.instance(1), "/redis?PING")).isEqualTo("+PONG");
  }

  @Test void all_instances_and_the_test_see_the_same_database() throws SQLException {
    assertThat(body(cluster.instance(1), sql("create table if not exists seen (n int)"))).isEqualTo("0");
    assertThat(body(cluster.instance(1), sql("insert into seen values (7)"))).isEqualTo("1");
    assertThat(body(cluster.instance(2), sql("select n from seen"))).isEqualTo("7");
    assertThat(query("select n from seen")).isEqualTo("7");
    cluster.reset();
    assertThat(body(cluster.instance(2), sql("select n from seen"))).isEqualTo("(no row)");
  }

  @Test void all_instances_and_the_test_see_the_same_redis() {
    assertThat(body(cluster.instance(1), "/redis?SET%20a%201")).isEqualTo("+OK");
    assertThat(body(cluster.instance(2), "/redis?STRLEN%20a")).isEqualTo(":1");
    assertThat(TinyRedis.ask(cluster.redis(), "STRLEN a")).isEqualTo(":1");
    cluster.redis().flushAll();
    assertThat(body(cluster.instance(2), "/redis?STRLEN%20a")).isEqualTo(":0");
  }

  @Test void an_app_that_ends_at_once_fails_the_start_with_what_it_printed() {
    assertThatThrownBy(() -> builder(AppSpec.mainClass(TinyApp.class).args("broken")).start())
        .isInstanceOf(ClusterException.class)
        .hasMessageContaining("ended with exit code 3 before it was ready")
        .hasMessageContaining("this app is broken on purpose, says app-");
  }

  @Test void a_migration_runs_before_the_instances_and_when_asked_and_a_failed_one_fails_the_start()
      throws SQLException {
    AppSpec migrated = AppSpec.mainClass(TinyApp.class).env("TINY_DB", "${JDBC_URL}");
    try (Cluster other = builder(migrated.migrate(TinyMigration.class.getName())).instances(1).start();
        Connection connection = other.postgres().dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      assertThat(migrations(statement)).isEqualTo(1);
      other.migrate();
      assertThat(migrations(statement)).isEqualTo(2);
    }
    assertThatThrownBy(() -> cluster.migrate()).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> builder(migrated.migrate(TinyMigration.class.getName(), "broken")).start())
        .isInstanceOf(ClusterException.class)
        .hasMessageContaining("this migration is broken on purpose");
  }

  private static int migrations(Statement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery("select count(*) from migration")) {
      assertThat(rows.next()).isTrue();
      return rows.getInt(1);
    }
  }

  @Test void two_clusters_at_once_do_not_know_of_each_other() {
    try (Cluster other = builder().instances(1).start()) {
      assertThat(other.uri()).isNotEqualTo(cluster.uri());
      assertThat(body(other.instance(1), "/redis?SET%20only%20here")).isEqualTo("+OK");
      assertThat(body(cluster.instance(1), "/redis?EXISTS%20only")).isEqualTo(":0");
    }
  }

  // --- instances

  @Test void a_killed_instance_is_gone_at_once_and_the_others_answer() {
    cluster.instance(1).kill();
    assertThat(cluster.instance(1).isRunning()).isFalse();
    assertThat(load(2, 10)).allSucceeded().servedBy("app-2");
  }

  @Test void a_killed_instance_comes_back_at_the_same_address_as_another_process() {
    Instance first = cluster.instance(1);
    URI address = first.uri();
    long pid = first.pid();
    first.kill();
    first.start();
    assertThat(first.uri()).isEqualTo(address);
    assertThat(first.pid()).isNotEqualTo(pid);
    assertThat(body(first, "/")).isEqualTo("app-1");
    assertThat(load(2, 10)).allSucceeded().servedBy("app-1", "app-2");
  }

  @Test void a_kill_under_load_loses_no_read() {
    LoadResult run = cluster.load().get("/").closed(users(4).during(Duration.ofSeconds(3)))
        .fault(at(Duration.ofMillis(500)), "kill app-1", () -> cluster.instance(1).kill())
        .fault(at(Duration.ofMillis(1_000)), "start app-1", () -> cluster.instance(1).start())
        .run();
    assertThat(run).lostNothing();
  }

  @Test void a_terminated_instance_gets_the_signal_and_its_exit_code_is_known() {
    Exit exit = cluster.instance(2).terminate(LIMIT);
    assertThat(exit.code()).isEqualTo(143);
    assertThat(cluster.instance(2).isRunning()).isFalse();
  }

  @Test void an_instance_that_does_not_end_when_asked_is_killed_when_its_grace_is_over() {
    try (Cluster other = builder(app().args("stubborn")).instances(1).start()) {
      Exit exit = other.instance(1).terminate(Duration.ofMillis(300));
      assertThat(exit.code()).isEqualTo(137);
      assertThat(exit.took()).isGreaterThanOrEqualTo(Duration.ofMillis(300));
    }
  }

  @Test void a_paused_instance_runs_but_does_not_answer_until_it_is_resumed() {
    Instance first = cluster.instance(1);
    long pid = first.pid();
    first.pause();
    assertThat(first.isRunning()).isTrue();
    try (Client impatient = Client.open(first.uri(), Duration.ofMillis(300))) {
      assertThatThrownBy(() -> impatient.send(Call.get("/"))).isInstanceOf(NoAnswerException.class);
    }
    first.resume();
    assertThat(body(first, "/")).isEqualTo("app-1");
    assertThat(first.pid()).isEqualTo(pid);
  }

  @Test void an_added_instance_gets_its_share_without_a_restart_of_the_others() {
    List<Long> before = cluster.instances().stream().map(Instance::pid).toList();
    Instance third = cluster.addInstance();
    assertThat(third.id()).isEqualTo("app-3");
    assertThat(load(3, 10)).allSucceeded().evenlyDistributed().servedByExactly(3);
    assertThat(cluster.instances().stream().limit(2).map(Instance::pid)).isEqualTo(before);
  }

  @Test void a_removed_instance_leaves_its_place_to_the_next() {
    URI address = cluster.addInstance().uri();
    assertThat(cluster.removeInstance(3).code()).isEqualTo(143);
    assertThat(cluster.instances()).hasSize(2);
    assertThat(load(2, 10)).allSucceeded().servedByExactly(2);
    assertThat(cluster.addInstance().uri()).isEqualTo(address);
  }

  @Test void a_rolling_restart_replaces_every_process_and_loses_no_read() {
    List<Long> pids = cluster.instances().stream().map(Instance::pid).toList();
    List<URI> addresses = cluster.instances().stream().map(Instance::uri).toList();
    LoadResult run = cluster.load().get("/").closed(users(2)).whileRunning(() -> cluster.rollingRestart(QUICK)).run();
    assertThat(run).lostNothing();
    assertThat(cluster.instances().stream().map(Instance::pid)).doesNotContainAnyElementsOf(pids);
    assertThat(cluster.instances().stream().map(Instance::uri)).isEqualTo(addresses);
  }

  @Test void everything_is_as_at_the_start_again_when_it_is_restored() {
    cluster.addInstance(); // first: one that is added while another stands still waits until Nginx has given that up
    cluster.instance(1).kill();
    cluster.instance(2).pause();
    cluster.postgres().link().cut();
    cluster.restore();
    assertThat(cluster.instances()).extracting(Instance::id).containsExactly("app-1", "app-2");
    assertThat(load(2, 10)).allSucceeded().servedBy("app-1", "app-2");
    assertThat(body(cluster.instance(1), sql("select 1"))).isEqualTo("1");
  }

  // --- what is known of nodes

  @Test void what_an_instance_prints_is_kept_over_its_starts() {
    Instance first = cluster.instance(1);
    body(first, "/print?before");
    await().atMost(LIMIT).until(() -> first.log().lines().contains("before"));
    first.restart(LIMIT);
    body(first, "/print?after");
    await().atMost(LIMIT).until(() -> first.log().lines().contains("after"));
    assertThat(first.log().lines()).containsSubsequence("before", "app-1 listens, flag app-1", "after");
  }

  @Test void every_node_has_a_log() {
    assertThat(cluster.logs()).extracting(log -> String.valueOf(log.path().getFileName()))
        .contains("app-1.log", "app-2.log", "postgres.log", "redis.log");
    assertThat(cluster.postgres().log().lines()).anyMatch(line -> line.contains("ready to accept connections"));
  }

  @Test void the_processor_time_of_every_node_is_known_and_grows_with_its_work() {
    Map<String, Duration> before = cluster.cpuTimes();
    assertThat(before).containsKeys("app-1", "app-2", "nginx", "postgres", "redis");
    body(cluster.instance(1), "/burn?400");
    Map<String, Duration> spent = new HashMap<>(cluster.cpuTimes());
    spent.replaceAll((node, time) -> time.minus(before.getOrDefault(node, Duration.ZERO)));
    assertThat(spent.get("app-1")).isGreaterThan(Duration.ofMillis(150)).isGreaterThan(spent.get("app-2"));
  }

  @Test void what_is_done_to_nodes_is_written_down_in_order() {
    int known = cluster.timeline().events().size();
    cluster.instance(1).kill();
    cluster.instance(1).start();
    assertThat(cluster.timeline().events().stream().skip(known).map(event -> event.node() + " " + event.what()))
        .containsExactly("app-1 killed", "app-1 starting", "app-1 ready");
  }

  // --- the balancer

  @Test void the_access_log_has_a_line_for_each_request() throws IOException {
    long lines = accessLogLines();
    load(2, 5);
    await().atMost(LIMIT).until(() -> accessLogLines() >= lines + 10);
  }

  @Test void the_balancer_answers_the_calibration_by_itself() {
    LoadResult run = cluster.calibration().closed(users(2), iterations(20)).run();
    assertThat(run).allSucceeded();
    assertThat(run.byInstance().values()).allMatch(answers -> answers == 0);
  }

  @Test void an_instance_that_is_marked_down_gets_nothing_until_it_is_marked_up() {
    Instance first = cluster.instance(1);
    cluster.balancer().markDown(first);
    await().atMost(LIMIT).until(() -> load(1, 4).byInstance().getOrDefault("app-1", 0) == 0);
    assertThat(load(2, 20)).allSucceeded().servedBy("app-2");
    assertThat(body(first, "/")).isEqualTo("app-1");
    cluster.balancer().markUp(first);
    cluster.balancer().awaitServing(first, 3, LIMIT);
    assertThat(load(2, 20)).allSucceeded().servedBy("app-1", "app-2");
  }

  @Test void a_reload_leaves_the_balancer_serving() {
    cluster.balancer().reload();
    assertThat(load(2, 10)).allSucceeded();
  }

  @Test void the_configuration_that_the_balancer_runs_can_be_read() {
    assertThat(cluster.balancer().configuration().resolve("nginx.conf")).isNotEmptyFile();
    assertThat(cluster.balancer().configuration().resolve("site/upstream.conf")).isNotEmptyFile();
  }

  @Test void a_changed_template_is_what_runs(@TempDir Path template) throws IOException {
    Path changed = Files.createDirectories(template.resolve("parts")).resolve("status.conf");
    Path shipped = cluster.balancer().configuration().resolve("parts/status.conf");
    Files.writeString(changed, Files.readString(shipped) + "location = /changed { return 418; }\n");
    try (Cluster other = builder().instances(1).balancerTemplate(template).start();
        Client client = Client.open(other.balancer().statusUri())) {
      assertThat(client.send(Call.get("/changed")).status()).isEqualTo(418);
    }
  }

  // --- the stores

  @Test void postgres_keeps_its_address_and_its_data_over_a_restart() throws SQLException {
    String url = cluster.postgres().jdbcUrl();
    body(cluster.instance(1), sql("create table if not exists kept (n int)"));
    body(cluster.instance(1), sql("insert into kept values (3)"));
    cluster.postgres().restart();
    assertThat(cluster.postgres().jdbcUrl()).isEqualTo(url);
    assertThat(query("select max(n) from kept")).isEqualTo("3");
    assertThat(body(cluster.instance(1), sql("select max(n) from kept"))).isEqualTo("3");
  }

  @Test void while_postgres_is_stopped_the_app_cannot_reach_it() {
    cluster.postgres().stop();
    try {
      assertThat(answer(cluster.instance(1), sql("select 1")).status()).isEqualTo(503);
    } finally {
      cluster.postgres().start();
    }
    assertThat(body(cluster.instance(1), sql("select 1"))).isEqualTo("1");
  }

  @Test void redis_keeps_its_address_over_a_restart_and_comes_back_empty() {
    URI uri = cluster.redis().uri();
    body(cluster.instance(1), "/redis?SET%20lost%201");
    cluster.redis().restart();
    assertThat(cluster.redis().uri()).isEqualTo(uri);
    assertThat(body(cluster.instance(1), "/redis?EXISTS%20lost")).isEqualTo(":0");
  }

  // --- the links

  @Test void a_cut_link_keeps_the_app_from_the_database_and_not_the_test() throws SQLException {
    cluster.postgres().link().cut();
    assertThat(answer(cluster.instance(1), sql("select 1")).status()).isEqualTo(503);
    assertThat(query("select 1")).isEqualTo("1");
    cluster.postgres().link().restore();
    assertThat(body(cluster.instance(1), sql("select 1"))).isEqualTo("1");
  }

  @Test void a_link_that_swallows_everything_is_ended_by_the_app_s_own_timeout() {
    cluster.redis().link().blackhole();
    Answer answer = answer(cluster.instance(2), "/redis?PING");
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.text()).contains("Timeout");
    cluster.redis().link().restore();
    assertThat(body(cluster.instance(2), "/redis?PING")).isEqualTo("+PONG");
  }

  @Test void latency_on_a_link_is_felt_by_every_round_trip() {
    cluster.redis().link().latency(Duration.ofMillis(60), Duration.ZERO);
    long begin = System.nanoTime();
    assertThat(body(cluster.instance(1), "/redis?PING")).isEqualTo("+PONG");
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(60));
  }

  @Test void a_link_tells_how_many_connections_there_were() {
    assertThat(cluster.postgres().link().resetPeer()).isZero();
    assertThat(cluster.postgres().link().bytesToTarget()).isNotNegative();
  }

  private LoadResult load(int users, int iterations) {
    return cluster.load().get("/").closed(users(users), iterations(iterations)).run();
  }

  private long accessLogLines() throws IOException {
    Path log = cluster.balancer().accessLog();
    return Files.exists(log) ? Files.readAllLines(log, StandardCharsets.ISO_8859_1).size() : 0;
  }

  private static String sql(String statement) {
    return "/sql?" + URLEncoder.encode(statement, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static Client client(Instance instance) {
    return Client.open(instance.uri());
  }

  private static Answer answer(Instance instance, String path) {
    try (Client client = client(instance)) {
      return client.send(Call.get(path));
    }
  }

  private static String body(Instance instance, String path) {
    Answer answer = answer(instance, path);
    assertThat(answer.status()).as(path + ": " + answer.text()).isEqualTo(200);
    return answer.text();
  }

  private String query(String sql) throws SQLException {
    try (Connection connection = cluster.postgres().dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getString(1) : "(no row)";
    }
  }
}
