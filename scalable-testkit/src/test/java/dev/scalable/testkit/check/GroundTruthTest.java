package dev.scalable.testkit.check;

import static dev.scalable.testkit.load.Load.iterations;
import static dev.scalable.testkit.load.Load.users;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.testkit.cluster.AccessLogEntry;
import dev.scalable.testkit.cluster.AccessLogEntry.Attempt;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.Instance;
import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.history.Fate;
import dev.scalable.testkit.history.Outcome;
import dev.scalable.testkit.junit.ClusterTest;
import dev.scalable.testkit.load.LoadResult;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Client, access log and data of a real cluster, joined. */
@ClusterTest(app = FragileApp.class, instances = 2, maxInstances = 2)
class GroundTruthTest {
  private static final String RUN = "0123456789abcdef";

  private final Cluster cluster;

  GroundTruthTest(Cluster cluster) {
    this.cluster = cluster;
  }

  @Test void of_a_clean_run_there_is_nothing_to_tell() {
    LoadResult run = cluster.load().get("/").closed(users(4), iterations(25)).run();
    GroundTruth truth = GroundTruth.of(run, cluster);
    assertThat(truth.lost()).isEmpty();
    assertThat(truth.retriedByBalancer()).isEmpty();
    assertThat(truth.missingInLog()).isEmpty();
    assertThat(truth.loggedMoreThanOnce()).isEmpty();
    assertThat(truth.timeInDeadAttempts()).isZero();
    assertThat(run.exchanges()).allSatisfy(exchange -> {
      assertThat(truth.attempts(exchange)).singleElement().matches(Attempt::answered);
      assertThat(truth.storyOf(exchange)).contains(
          "nginx at " + cluster.uri().getAuthority() + " answered 200 after ",
          "attempt 1 at " + exchange.instance() + " (127.0.0.1:");
    });
    assertThat(truth).hasToString("100 requests: 0 lost, 0 sent again by the balancer (0 ms in attempts in vain: {}),"
        + " 0 sent and not in its log, 0 in it more than once");
  }

  /** Says that the end of an instance was meant, so that the class does not call it a failure. */
  private void diedOfTheRequest(Instance instance) {
    cluster.timeline().record(instance.id(), "killed");
  }

  @Test void a_lost_write_has_a_cause_and_an_address_and_the_data_says_whether_it_took_place() throws SQLException {
    LoadResult run = cluster.load().post("/die/app-1", () -> "order").closed(users(1), iterations(10)).run();
    diedOfTheRequest(cluster.instance(1));
    Exchange lost =
        run.exchanges().stream().filter(each -> each.fate() == Fate.INDETERMINATE).findFirst().orElseThrow();
    String address = cluster.instance(1).uri().getAuthority();

    GroundTruth truth = GroundTruth.of(run, cluster);
    assertThat(truth.lost()).containsExactly(lost);
    assertThat(truth.attempts(lost)).singleElement()
        .matches(attempt -> attempt.address().equals(address) && !attempt.answered() && attempt.status() == 502);
    assertThat(truth.storyOf(lost)).matches("nginx at .* answered 502 after \\d+ ms; attempt 1 at app-1 \\("
        + address + "\\): no answer after .* \\(502\\)");

    assertThat(truth.deadAttempts()).containsOnlyKeys("app-1")
        .containsEntry("app-1", 1 + truth.retriedByBalancer().size());

    Exchange twice = run.exchanges().getLast();
    Exchange forgotten = run.exchanges().get(8);
    record(run, lost, twice, forgotten);
    GroundTruth whole = truth.rows(
        cluster.postgres().dataSource(), "select request_id, count(*) from done group by request_id");
    assertThat(whole.doneMoreThanOnce()).containsExactly(twice);
    assertThat(whole.acknowledgedAndNotDone()).containsExactly(forgotten);
    assertThat(whole.storyOf(lost)).endsWith("; the application did it: one row");
    assertThat(whole.toString()).startsWith("10 requests: 1 lost, ")
        .contains("; 1 done more than once, 1 acknowledged and not done\n  " + lost + "\n    nginx at ");
    assertThatThrownBy(() -> truth.rows(cluster.postgres().dataSource(), "select nonsense"))
        .isInstanceOf(IllegalStateException.class).hasMessageContaining("select nonsense");
  }

  @Test void a_read_that_its_instance_died_of_was_sent_to_another() {
    LoadResult run = cluster.load().get("/die/app-1").closed(users(1), iterations(4)).run();
    diedOfTheRequest(cluster.instance(1));
    assertThat(run.ok()).isEqualTo(4);
    GroundTruth truth = GroundTruth.of(run, cluster);
    assertThat(truth.retriedByBalancer()).isNotEmpty();
    Exchange first = truth.retriedByBalancer().getFirst();
    assertThat(truth.attempts(first)).hasSize(2);
    assertThat(truth.storyOf(first)).contains("attempt 1 at app-1 (", ": no answer after ", "attempt 2 at app-2 (");
  }

  @Test void a_write_that_was_refused_at_the_door_was_taken_to_another() {
    cluster.instance(1).kill();
    LoadResult run = cluster.load().post("/", () -> "order").closed(users(1), iterations(4)).run();
    assertThat(run.ok()).isEqualTo(4);
    GroundTruth truth = GroundTruth.of(run, cluster);
    assertThat(truth.retriedByBalancer()).isNotEmpty().allSatisfy(retried -> {
      assertThat(retried.instance()).isEqualTo("app-2");
      assertThat(truth.storyOf(retried)).contains("attempt 1 at app-1 (", ": no connection after ")
          .contains("attempt 2 at app-2 (");
    });
    assertThat(truth.deadAttempts()).isEqualTo(Map.of("app-1", truth.retriedByBalancer().size()));
  }

  @Test void with_all_instances_gone_each_request_says_so() {
    cluster.instance(1).kill();
    cluster.instance(2).kill();
    LoadResult run = cluster.load().get("/").closed(users(1), iterations(5)).run();
    GroundTruth truth = GroundTruth.of(run, cluster);
    assertThat(truth.lost()).hasSize(5);
    assertThat(truth.storyOf(run.exchanges().getFirst()))
        .contains("answered 502", "at app-1 (", "at app-2 (", ": no connection after ");
    assertThat(truth.storyOf(run.exchanges().getLast())).contains(": no instance was taken for alive");
  }

  @Test void a_hostile_request_is_an_entry_like_any_other() throws IOException {
    List<String> targets = List.of("/\"},{\"status\":200,\"x\":\"", "/back\\slash\\", "/\\u0000\\n", "/%0a%0d%22",
        "/?q=\"<script>&a='", "/" + "\"\\".repeat(2_000), "/,127.0.0.1:1:-");
    List<String> unreadable = List.of("/raw-\u00c3\u00a9", "/none-\u00ff\u00fe", "/control-\u0001", "/%00");
    List<Exchange> exchanges = new ArrayList<>();
    for (String target : Stream.concat(unreadable.stream(), targets.stream()).toList()) {
      ask(target, Exchange.requestId(RUN, 0, exchanges.size()));
      exchanges.add(ended(exchanges.size(), new Outcome.Ok()));
    }
    List<Exchange> readable = exchanges.subList(unreadable.size(), exchanges.size());
    assertThat(cluster.balancer().logged(readable)).extracting(AccessLogEntry::uri)
        .containsExactlyInAnyOrderElementsOf(targets);
  }

  @Test void a_client_that_leaves_and_one_that_never_came_are_told_apart() {
    List<Exchange> exchanges = List.of(
        ended(0, new Outcome.Ok()), ended(1, new Outcome.ClosedBeforeResponse(false)),
        ended(2, new Outcome.Refused("refused")), ended(3, new Outcome.Dropped("not sent")));
    GroundTruth truth = GroundTruth.of(exchanges, List.of());
    assertThat(truth.missingInLog()).extracting(Exchange::fate).containsExactly(Fate.OK, Fate.INDETERMINATE);
    assertThat(truth.storyOf(exchanges.get(0))).isEqualTo(
        "nginx has no word of it: it was lost on the way there, or did not go there");
    assertThat(truth.storyOf(exchanges.get(2))).isEqualTo("it never reached nginx");
    assertThatThrownBy(() -> truth.attempts(ended(4, new Outcome.Ok())))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("other requests");
  }

  private void ask(String target, String id) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(cluster.uri().getHost(), cluster.uri().getPort()));
      String request = "GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Request-Id: " + id
          + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getInputStream().readAllBytes();
    }
  }

  private static Exchange ended(int sequence, Outcome outcome) {
    return Exchange.of(RUN, 0, sequence).request("order", "POST", "/orders")
        .start(Duration.ZERO).ended(Duration.ofMillis(1), outcome);
  }

  private void record(LoadResult run, Exchange lost, Exchange twice, Exchange forgotten) throws SQLException {
    try (Connection connection = cluster.postgres().dataSource().getConnection();
        Statement table = connection.createStatement()) {
      table.execute("drop table if exists done");
      table.execute("create table done (request_id text)");
      try (PreparedStatement insert = connection.prepareStatement("insert into done values (?)")) {
        for (Exchange exchange : run.exchanges()) {
          int times = exchange == twice ? 2 : exchange == forgotten ? 0 : 1;
          for (int i = 0; i < times; i++) {
            insert.setString(1, exchange.requestId());
            insert.executeUpdate();
          }
        }
      }
    }
    assertThat(lost).isNotSameAs(twice).isNotSameAs(forgotten);
  }
}
