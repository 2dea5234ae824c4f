package dev.scalable.starter;

import static dev.scalable.testkit.check.TestkitAssertions.assertThat;
import static dev.scalable.testkit.load.Load.at;
import static dev.scalable.testkit.load.Load.ids;
import static dev.scalable.testkit.load.Load.iterations;
import static dev.scalable.testkit.load.Load.requests;
import static dev.scalable.testkit.load.Load.users;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.junit.ClusterTest;
import dev.scalable.testkit.load.Load;
import dev.scalable.testkit.load.LoadResult;
import dev.scalable.testkit.load.RequestTemplate;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The claims of the report that this project began with, each as a test: two instances behind Nginx with PostgreSQL and Redis share
 * the load exactly, answer everything, survive the loss of one, take in a third, and are restarted without a client noticing. Its
 * figures stand beside ours in a table at the end.
 */
@Tag("alone") // it measures
@ClusterTest(app = Main.class, migrate = Migrate.class, instances = 2, maxInstances = 4,
    env = {"STARTER_SAMPLE_PRODUCTS=100", Tokens.MERCHANT_SETTING})
class OriginReportIT {

  /** 800 requests per second: without it, users leave to instances that start what is left of the machine. */
  private static final Duration PACE = ofMillis(10);

  private static final OriginFigures figures = new OriginFigures();

  /** Before anything has warmed up: what the very first clients see. */
  @BeforeAll
  static void measure_cold(Cluster cluster) {
    figures.coldConcurrency(concurrency(cluster).run());
    figures.coldStress(stress(cluster).run());
  }

  @AfterAll
  static void print_the_figures() throws IOException {
    figures.print();
  }

  /** 20 threads x 10 requests. */
  private static Load concurrency(Cluster cluster) {
    return cluster.load().name("20 x 10").get("/products/{id}", ids(100)).closed(users(20), iterations(10));
  }

  /** 10 workers x 50 requests. */
  private static Load stress(Cluster cluster) {
    return cluster.load().name("10 x 50").get("/products/{id}", ids(100)).closed(users(10), iterations(50));
  }

  @Test
  void two_instances_share_the_load_exactly(Cluster cluster) {
    LoadResult result = cluster.load().get("/products/{id}", ids(100)).closed(users(10), iterations(50)).run();

    assertThat(result).requests(500).allSucceeded().evenlyDistributed();
    figures.distribution(result);
  }

  @Test
  void twenty_threads_with_ten_requests_each_are_all_answered(Cluster cluster) {
    LoadResult result = concurrency(cluster).warmUp(requests(4_000)).run();

    assertThat(result).requests(200).allSucceeded().evenlyDistributed();
    assertThat(result.service().mean()).isLessThan(OriginFigures.MEAN);
    figures.warmConcurrency(result);
  }

  @Test
  void ten_workers_with_fifty_requests_each_are_all_answered(Cluster cluster) {
    LoadResult result = stress(cluster).warmUp(requests(4_000)).run();

    assertThat(result).requests(500).allSucceeded().evenlyDistributed();
    assertThat(result.throughput()).isGreaterThan(OriginFigures.REQUESTS_PER_SECOND);
    figures.warmStress(result);
  }

  @Test
  void twenty_users_are_answered_without_a_failure_for_as_long_as_they_ask(Cluster cluster) {
    LoadResult result = cluster.load().name("sustained").get("/products/{id}", ids(100)).warmUp(requests(40_000))
        .closed(users(20).during(ofSeconds(5))).run();

    assertThat(result).allSucceeded().evenlyDistributed();
    figures.sustained(result);
  }

  @Test
  void an_instance_killed_under_load_loses_nothing(Cluster cluster) {
    LoadResult result = cluster.load().get("/products/{id}", ids(100)).closed(users(8).during(ofSeconds(6)))
        .fault(at(ofSeconds(2)), "kill app-1", () -> cluster.instance(1).kill())
        .fault(at(ofSeconds(3)), "start app-1", () -> cluster.instance(1).start())
        .run();

    assertThat(result).lostNothing().servedBy("app-1", "app-2");
  }

  @Test
  void a_third_instance_added_under_load_gets_its_share_without_a_restart(Cluster cluster) {
    long[] before = {cluster.instance(1).pid(), cluster.instance(2).pid()};

    LoadResult whileItJoins = cluster.load().get("/products/{id}", ids(100)).closed(users(8).pace(PACE))
        .whileRunning(cluster::addInstance).run();
    LoadResult afterwards = cluster.load().get("/products/{id}", ids(100)).closed(users(12), iterations(25)).run();

    assertThat(whileItJoins).lostNothing();
    assertThat(afterwards).requests(300).allSucceeded().servedByExactly(3).evenlyDistributed();
    assertThat(new long[] {cluster.instance(1).pid(), cluster.instance(2).pid()}).isEqualTo(before);
  }

  @Test
  void a_rolling_restart_under_load_loses_nothing(Cluster cluster) throws Exception {
    long before = Rows.products(cluster);

    LoadResult result = cluster.load()
        .mixed(RequestTemplate.get("/products/{id}", ids(100)).weight(4),
            RequestTemplate.post("/products", () -> "{\"name\":\"new\",\"priceCents\":100}").idempotencyKey()
                .header("Authorization", Tokens.shown(Tokens.MERCHANT)).weight(1))
        .closed(users(8).pace(PACE))
        .whileRunning(cluster::rollingRestart)
        .run();

    assertThat(result).lostNothing().servedBy("app-1", "app-2");
    long created = result.exchanges().stream().filter(exchange -> exchange.method().equals("POST")).count();
    assertThat(Rows.products(cluster) - before).isEqualTo(created);
  }

  @Test
  void a_journey_over_both_instances_is_answered_as_on_one(Cluster cluster) {
    List<String> onOne = Journey.on(cluster.instance(1));

    assertThat(Journey.over(cluster.instances(), onOne)).isEqualTo(onOne);
  }

  @Test
  void what_one_instance_writes_the_other_reads(Cluster cluster) {
    try (Journey journey = new Journey(cluster.instances())) {
      long id = journey.create(0, "written by the first");
      assertThat(journey.read(1, id)).contains("written by the first");

      journey.update(0, id, "changed by the first");

      // The other instance has the old value in its heap: the invalidation has to reach it, and does so within the bound.
      journey.await(1, id, "changed by the first");
      journey.update(1, id, "changed by the second");
      assertThat(journey.read(1, id)).contains("changed by the second");
      journey.await(0, id, "changed by the second");
    }
  }

  @Test
  void what_was_created_by_one_instance_is_not_created_again_by_the_other(Cluster cluster) throws Exception {
    long before = Rows.products(cluster);
    try (Journey journey = new Journey(cluster.instances())) {
      List<String> answers = journey.createTwice("created once");
      assertThat(answers.getFirst()).startsWith("201 ").contains("created once");
      assertThat(answers.getLast()).isEqualTo(answers.getFirst() + "true");
    }
    assertThat(Rows.products(cluster) - before).isEqualTo(1);
  }

  @Test
  void what_one_instance_has_loaded_the_other_takes_from_redis(Cluster cluster) throws Exception {
    try (Journey journey = new Journey(cluster.instances())) {
      long id = journey.create(0, "as loaded");
      assertThat(journey.read(0, id)).contains("as loaded");
      // Behind the back of the application, so that only a read of the database would show it.
      Rows.rename(cluster, id, "as in the database");

      assertThat(journey.read(1, id)).contains("as loaded");
    }
  }
}
