package dev.scalable;

import static dev.scalable.testkit.check.TestkitAssertions.assertThat;
import static dev.scalable.testkit.load.Load.at;
import static dev.scalable.testkit.load.Load.rate;
import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.testkit.backend.Exit;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.load.LoadResult;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * One of two instances behind Nginx is ended by SIGTERM and started again while POSTs come that nobody may repeat:
 * every one is answered, and is one row.
 *
 * <p>{@code -Dscalable.restart.rounds=5 -Dscalable.restart.seconds=20 -Dscalable.restart.rate=250}, as the profile
 * {@code full} has it, sets how often and how long; one short round if nothing is said.
 */
@Tag("alone") // what the system has taken between the last look at who has come and the end of listening is cut off: a busy
              // machine may stop the instance there, and a POST without a key is not sent again
class RestartUnderLoadTest {

  private static final int ROUNDS = Integer.getInteger("scalable.restart.rounds", 1);
  private static final int SECONDS = Integer.getInteger("scalable.restart.seconds", 4);
  private static final int PER_SECOND = Integer.getInteger("scalable.restart.rate", 150);

  @Test
  void no_post_is_lost_when_an_instance_restarts() throws Exception {
    try (Cluster cluster = Cluster.builder().app(TestStack.app(OrderService.class)).instances(2).start()) {
      execute(cluster, "create table orders (id bigint generated always as identity primary key, text text not null)");
      for (int round = 1; round <= ROUNDS; round++) {
        long before = rows(cluster);
        int victim = round % 2 + 1;
        AtomicReference<Exit> exit = new AtomicReference<>();

        LoadResult run = cluster.load().post("/orders", () -> "\"one\"")
            .open(rate(PER_SECOND).perSecond().during(Duration.ofSeconds(SECONDS)))
            .fault(at(Duration.ofMillis(700)), "restart app-" + victim,
                () -> exit.set(cluster.instance(victim).restart(Duration.ofSeconds(40))))
            .run();

        long more = rows(cluster) - before;
        System.out.println("round " + round + ": " + run.scheduled() + " POSTs, " + run.ok() + " answered, " + more
            + " rows; " + exit + "; " + run.byInstance());
        assertThat(run).lostNothing();
        // A machine that stands still for a moment makes the server refuse some (503) or the client not send them: none of
        // these is lost. But a run that consisted of them would show nothing.
        assertThat(run.ok()).isGreaterThanOrEqualTo(PER_SECOND * SECONDS * 98 / 100);
        assertThat(more).isEqualTo(run.ok());
        assertThat(exit.get().code()).isEqualTo(143);
      }
    }
  }

  private static long rows(Cluster cluster) throws SQLException {
    try (Connection connection = cluster.postgres().dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select count(*) from orders")) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private static void execute(Cluster cluster, String sql) throws SQLException {
    try (Connection connection = cluster.postgres().dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
