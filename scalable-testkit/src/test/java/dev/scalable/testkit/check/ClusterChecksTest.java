package dev.scalable.testkit.check;

import static dev.scalable.testkit.check.TestkitAssertions.assertThat;
import static dev.scalable.testkit.load.Load.at;
import static dev.scalable.testkit.load.Load.iterations;
import static dev.scalable.testkit.load.Load.rate;
import static dev.scalable.testkit.load.Load.users;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.Instance;
import dev.scalable.testkit.history.Recorder;
import dev.scalable.testkit.junit.ClusterTest;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.LoadResult;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The checks that need a cluster, on an app that does each thing right or wrong by its path. */
@ClusterTest(app = NotesApp.class, instances = 2, env = "NOTES_DB=${JDBC_URL}")
class ClusterChecksTest {
  private final Cluster cluster;

  ClusterChecksTest(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeEach void tables() throws SQLException {
    sql("drop table if exists note, price, orders, item, sale");
    sql(NotesApp.TABLES);
  }

  @Nested class Statelessness {
    @Test void an_app_that_keeps_all_in_the_database_is_stateless() {
      Steps steps = notes("shared").maskingField("id");
      assertThat(cluster).isStateless(steps);
      assertThat(cluster.instances()).allMatch(Instance::isRunning);
    }

    @Test void what_one_instance_remembers_another_does_not_find() {
      failing(() -> assertThat(cluster).survivesRotation(notes("memory")))
          .hasMessageContaining("expected 'notes' (create, then read) to need no state of an instance")
          .hasMessageContaining("with each step on another instance the step 'read' on app-2 is not answered well")
          .hasMessageContaining("there:              404 no such note")
          .hasMessageContaining("on app-1 alone:     200 hello")
          .hasMessageContaining("create on app-1: 201 {\"id\":\"hello\"");
    }

    @Test void what_an_instance_remembers_is_gone_when_it_is_restarted() {
      failing(() -> assertThat(cluster).survivesRestarts(notes("memory")))
          .hasMessageContaining("with all instances restarted between the steps the step 'read' on the balancer")
          .hasMessageContaining("404 no such note");
      assertThat(cluster.instances()).allMatch(Instance::isRunning);
    }

    @Test void an_answer_that_depends_on_the_instance_is_shown_beside_the_other() {
      Steps steps = Steps.of("who").step("ask", known -> Call.get("/who"));
      assertThat(cluster).survivesRotation(steps);
      failing(() -> assertThat(cluster).answersAsOneInstance(steps))
          .hasMessageContaining("the step 'ask' on app-2 is answered otherwise")
          .hasMessageContaining("there:              200 {\"by\":\"app-2\"}")
          .hasMessageContaining("on app-1 alone:     200 {\"by\":\"app-1\"}");
      assertThat(cluster).answersAsOneInstance(steps.maskingField("by"));
    }

    @Test void an_answer_that_differs_each_time_is_to_be_declared() {
      failing(() -> assertThat(cluster).answersAsOneInstance(notes("shared")))
          .hasMessageContaining("on one instance once more the step 'create' on app-1 is answered otherwise")
          .hasMessageContaining("maskingField(...)");
    }

    @Test void steps_that_do_not_work_on_one_instance_prove_nothing() {
      Steps steps = Steps.of("broken").step("ask", known -> Call.get("/memory/notes/none"));
      failing(() -> assertThat(cluster).isStateless(steps))
          .hasMessageContaining("'broken' (ask) does not even work on one instance alone: the step 'ask'")
          .hasMessageContaining("404 no such note");
    }

    @Test void one_instance_proves_nothing() {
      cluster.instance(2).kill();
      failing(() -> assertThat(cluster).isStateless(notes("shared"))).hasMessageContaining("shows only with two");
    }

    private static Steps notes(String where) {
      return Steps.of("notes")
          .step("create", known -> Call.post("/" + where + "/notes", "hello"))
          .save("id", answer -> answer.text().replaceAll(".*\"id\": ?\"([^\"]+)\".*", "$1"))
          .step("read", known -> Call.get("/" + where + "/notes/" + known.value("id")))
          .check(answer -> answer.text().equals("hello"));
    }
  }

  @Nested class StalenessOfCaches {
    @Test void reads_of_the_database_are_never_stale() {
      Staleness staleness = prices("fresh").writes(20).run();
      assertThat(staleness).maxAtMost(Duration.ZERO);
      assertThat(staleness.samples()).hasSize(40).extracting(Staleness.Sample::instance).contains("app-1", "app-2");
      failing(() -> assertThat(staleness).p99AtMost(Duration.ofSeconds(1)))
          .hasMessageContainingAll("40 samples", "1,000");
    }

    @Test void a_cache_with_a_time_to_live_is_stale_for_about_that_time_on_each_instance() {
      Staleness staleness = prices("cached").writes(8).run();
      failing(() -> assertThat(staleness).maxAtMost(Duration.ofMillis(5)))
          .hasMessageContaining("expected no read of an older version later than 5.0 ms after a write was acknowledged")
          .hasMessageContaining("\n  app-1: 8 writes seen, max ")
          .hasMessageContaining("\n  app-2: 8 writes seen, max ");
      assertThat(staleness).maxAtMost(Duration.ofSeconds(5));
      assertThat(staleness.samples()).filteredOn(sample -> sample.instance().equals("app-2"))
          .anyMatch(sample -> sample.time().compareTo(Duration.ofMillis(20)) > 0);
    }

    @Test void a_cache_that_never_forgets_is_told_by_instance_and_version() {
      Staleness staleness = prices("forever").writes(1).giveUpAfter(Duration.ofMillis(300)).run();
      failing(() -> assertThat(staleness).maxAtMost(Duration.ofMinutes(1)))
          .hasMessageContainingAll("app-1 did not show version 1 3", "after it was acknowledged", "1 never shown");
    }

    @Test void a_write_that_is_refused_ends_the_probe() {
      assertThatThrownBy(() -> prices("fresh").write(version -> Call.put("/price/none", "")).run())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("the write of version 1, PUT /price/none, was answered 500");
      assertThatThrownBy(() -> Staleness.probe(cluster).run()).hasMessageContaining("needs write(...), read(...)");
    }

    private Staleness.Probe prices(String how) {
      return Staleness.probe(cluster)
          .write(version -> Call.put("/price/" + version, ""))
          .read(Call.get("/price/" + how), answer -> Long.parseLong(answer.text()));
    }
  }

  @Nested class Effects {
    private static final String BY_KEY = "select idempotency_key, count(*) from orders group by 1";

    @Test void one_row_for_each_key_is_one_effect() {
      assertThat(orders(1)).allSucceeded().noDuplicateEffects(cluster.postgres().dataSource(), BY_KEY);
      assertThat(orders(1)).noDuplicateEffects(cluster.postgres().dataSource(), "orders", "idempotency_key");
    }

    @Test void a_second_row_is_told_with_its_request() {
      failing(() -> assertThat(orders(2)).noDuplicateEffects(cluster.postgres().dataSource(), BY_KEY))
          .hasMessageContaining("of 20 writes 20 took effect more than once and 0 of those")
          .hasMessageMatching("(?s).*\n  [0-9a-f-]{36} took effect 2 times: \\S+ POST /orders/2 by app-[12] .*");
    }

    @Test void an_answered_order_that_is_not_there_is_told_with_its_request() throws SQLException {
      LoadResult result = orders(1);
      sql("delete from orders where ctid = (select min(ctid) from orders)");
      failing(() -> assertThat(result).noDuplicateEffects(cluster.postgres().dataSource(), BY_KEY))
          .hasMessageContaining("of 20 writes 0 took effect more than once and 1 of those that were answered")
          .hasMessageContaining("was answered and is not there");
    }

    @Test void a_query_for_something_else_proves_nothing() {
      LoadResult result = orders(1);
      failing(() -> assertThat(result)
          .noDuplicateEffects(cluster.postgres().dataSource(), "select value, count(*) from price group by 1"))
          .hasMessageContaining("none of the keys of 20 writes, such as ");
      assertThatThrownBy(() -> assertThat(result)
          .noDuplicateEffects(cluster.postgres().dataSource(), "orders; drop table orders", "x"))
          .isInstanceOf(IllegalArgumentException.class);
    }

    private LoadResult orders(int rows) {
      return cluster.load().post("/orders/" + rows, () -> "{}").idempotencyKey().closed(users(2), iterations(10)).run();
    }
  }

  @Nested class Database {
    @Test void a_query_gives_what_is_expected() {
      assertThat(cluster.postgres())
          .invariant("select value from price", 0)
          .invariant("select 1.50::numeric", 1.5)
          .invariant("select null", null)
          .none("select * from price where value < 0");
    }

    @Test void what_a_query_gives_instead_is_shown() {
      failing(() -> assertThat(cluster.postgres()).invariant("select value from price", 1))
          .hasMessageContaining("expected 1 of\n    select value from price\n  it gave 1 rows of [value]\n    [0]");
      failing(() -> assertThat(cluster.postgres()).invariant("select 1 union all select 2", 1))
          .hasMessageContainingAll("expected 1, as the only value, of", "2 rows of");
      failing(() -> assertThat(cluster.postgres()).none("select value, 'low' as why from price"))
          .hasMessageContaining("expected no row of").hasMessageContaining("1 rows of [value, why]\n    [0, low]");
    }

    @Test void a_table_grows_by_exactly_what_was_written() {
      var before = DatabaseAssert.RowCount.of(cluster.postgres().dataSource(), "orders");
      assertThat(cluster.postgres()).grewBy(before, 0);
      cluster.load().post("/orders/1", () -> "{}").idempotencyKey().closed(users(1), iterations(3)).run();
      assertThat(cluster.postgres()).grewBy(before, 3);
      failing(() -> assertThat(cluster.postgres()).grewBy(before, 4))
          .hasMessageContaining("expected orders to have grown by 4 rows, from 0 to 4, but it has 3: 1 are missing");
      failing(() -> assertThat(cluster.postgres()).grewBy(before, 1)).hasMessageContaining("but it has 3: 2 too many");
    }

    @Test void stock_and_sales_make_what_there_was() throws SQLException {
      String items = "select i.id, i.first, i.stock, (select sum(n) from sale s where s.item = i.id) from item i";
      sql("create table item (id int, first int, stock int)", "create table sale (item int, n int)",
          "insert into item values (1, 10, 7), (2, 5, 5)", "insert into sale values (1, 2), (1, 1)");
      assertThat(cluster.postgres()).noOversell(items);
      sql("insert into sale values (2, 1)");
      failing(() -> assertThat(cluster.postgres()).noOversell(items))
          .hasMessageContaining("wrong are 1 of 2").hasMessageContaining("\n    [2, 5, 5, 1]");
      sql("update item set stock = -1, first = 0 where id = 2");
      failing(() -> assertThat(cluster.postgres()).noOversell(items)).hasMessageContaining("\n    [2, 0, -1, 1]");
      failing(() -> assertThat(cluster.postgres()).noOversell(items + " where false"))
          .hasMessageContaining("at least one item");
    }

    @Test void a_check_cannot_write() {
      assertThatThrownBy(() -> assertThat(cluster.postgres()).none("delete from price returning value"))
          .isInstanceOf(IllegalStateException.class).hasMessageContaining("read-only");
    }
  }

  @Test
  @Tag("alone") // it measures
  void a_killed_instance_is_recovered_from_soon() {
    LoadResult result = cluster.load().get("/who").open(rate(100).perSecond().during(ofSeconds(6)))
        .fault(at(ofSeconds(3)), "kill app-1", () -> cluster.instance(1).kill())
        .fault(at(ofSeconds(4)), "start app-1", () -> cluster.instance(1).start())
        .run();
    assertThat(result).lostNothing();
    assertThat(result).recoversWithin(ofSeconds(3)); // inconclusive, and so aborted, where the machine is too busy
  }

  @Test void a_recording_client_turns_answers_into_ends() {
    Recorder recorder = Recorder.start().initially("price", 0);
    try (RecordingClient process = RecordingClient.open(recorder, "a", cluster.uri())) {
      process.write("price", 1, Call.put("/price/1", ""));
      process.read("price", Call.get("/price/fresh"), answer -> Long.parseLong(answer.text()));
      process.write("price", "none", Call.put("/price/none", ""));
      process.read("memory", Call.get("/memory/notes/none"), answer -> "found");
      process.add("notes", Call.post("/shared/notes", "x"), answer -> answer.text().length());
      process.add("orders", 1, Call.post("/orders/1", "{}").header("Idempotency-Key", "k"));
      process.compareAndSet("price", 1, 2, Call.put("/price/2", ""));
      assertThatThrownBy(() -> process.read("price", Call.get("/who"), answer -> Long.parseLong(answer.text())))
          .isInstanceOf(NumberFormatException.class);
    }
    try (RecordingClient nobody = RecordingClient.open(recorder, "b", cluster.instance(1).uri())) {
      cluster.instance(1).kill();
      nobody.write("price", 3, Call.put("/price/3", ""));
      nobody.read("price", Call.get("/price/fresh"), answer -> 3);
    }
    assertThat(recorder.history().operations()).extracting(Object::toString)
        .extracting(line -> line.replaceAll(" \\d\\.\\d+ to \\d+\\.\\d+ s", " T").replaceAll("\\(.*", ""))
        .containsExactly(
            "#1 a wrote price := 1, T", "#2 a read price = 1, T", "#3 a wrote price := none, T, in doubt ",
            "#4 a read memory = null, T", "#5 a added 59 to notes, T", "#6 a added 1 to orders, T",
            "#7 a changed price from 1 to 2, T", "#8 a read price, T, failed ",
            "#9 b wrote price := 3, T, failed ", "#10 b read price, T, failed ");
    assertThat(recorder.history()).isLinearizable(Duration.ofSeconds(10)).readYourWrites();
  }

  private void sql(String... statements) throws SQLException {
    try (Connection connection = cluster.postgres().dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> failing(ThrowingCallable assertion) {
    return assertThatThrownBy(assertion).isInstanceOf(AssertionError.class);
  }
}
