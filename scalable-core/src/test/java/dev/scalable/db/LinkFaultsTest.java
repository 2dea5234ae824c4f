package dev.scalable.db;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.scalable.TestStack;
import dev.scalable.testkit.link.Link;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The network between an instance and PostgreSQL goes bad under load, and good again. */
@Timeout(180)
class LinkFaultsTest {

  private static final int SIZE = 3;
  private static final int CLIENTS = 6;
  private static final String NAME = "link-faults";

  private final Jdbi aside = Jdbi.create(TestStack.postgres().dataSource());
  private final Link link =
      Link.to(new InetSocketAddress(InetAddress.getLoopbackAddress(), TestStack.postgres().address().getPort()));
  private DbInstance instance;
  private Entries entries;

  @BeforeEach
  void write_through_a_good_link() throws Exception {
    aside.useHandle(handle -> handle.execute(Entries.TABLE));
    // The server's byte is waited for 6 s: 5 s longer than a statement may take, in whole seconds.
    instance = DbInstance.onStack(link.address().getPort(), NAME, db -> Entries.routes(db, Duration.ofSeconds(2)),
        "SCALABLE_DB_POOL_SIZE", String.valueOf(SIZE), "SCALABLE_DB_ACQUIRE_TIMEOUT", "500ms",
        "SCALABLE_DB_STATEMENT_TIMEOUT", "1s", "SCALABLE_DB_LOCK_TIMEOUT", "900ms");
    entries = Entries.writtenBy(CLIENTS, instance);
    entries.awaitEach(10, Entries.Told::ok);
  }

  @AfterEach
  void end() throws Exception {
    entries.close();
    instance.close();
    link.close();
  }

  /** The link is good again: all is as before, and what was answered meanwhile was true. */
  private void recovers(String what, Integer... failures) throws Exception {
    link.restore();
    entries.awaitEach(10, Entries.Told::ok);
    System.out.println("a link that was " + what + ": " + entries);
    // What an instance has given up may still run on the server, for as long as a statement may take.
    entries.close();
    await().atMost(DbInstance.LONGEST).until(() -> busyConnections() == 0);
    entries.assertThatEachAnswerIsTrue(this::ids, failures);
    instance.assertThatNothingHasLeaked();
    await().atMost(DbInstance.LONGEST).until(() -> connections() == SIZE);
  }

  private Set<Integer> ids() {
    return aside.withHandle(handle ->
        new TreeSet<>(handle.createQuery("select id from entry").mapTo(Integer.class).list()));
  }

  /** How many connections of this instance the server has. */
  private int connections() {
    return count("select count(*) from pg_stat_activity where application_name = :name");
  }

  private int busyConnections() {
    return count("select count(*) from pg_stat_activity where application_name = :name and state <> 'idle'");
  }

  private int count(String query) {
    return aside.withHandle(handle -> handle.createQuery(query).bind("name", NAME).mapTo(Integer.class).one());
  }

  @Test
  void a_link_that_is_cut_costs_refusals_while_it_is_and_nothing_after() throws Exception {
    link.cut();
    entries.awaitEach(2, told -> told.status() == 503);
    recovers("cut", 503, 504);
  }

  @Test
  void what_is_lost_in_a_black_hole_is_given_up_in_time_and_costs_nothing_after() throws Exception {
    // While the hole is there, and with nobody to interrupt this, as a deadline would.
    assertThatThrownBy(() -> instance.db().read(tx -> {
      tx.handle().execute("select 1");
      link.blackhole();
      return tx.handle().execute("select 2");
    })).isInstanceOf(DbUnavailable.class).hasMessageContaining("was not committed");
    entries.awaitEach(1, told -> !told.ok());
    recovers("a black hole", 503, 504);
  }

  @Test
  void a_slow_link_costs_what_does_not_fit_into_the_time_of_a_request_and_nothing_after() throws Exception {
    link.latency(Duration.ofMillis(1_500), Duration.ofMillis(100));
    entries.awaitEach(1, told -> !told.ok());
    link.latency(Duration.ofMillis(60), Duration.ofMillis(30));
    entries.awaitEach(3, Entries.Told::ok);
    recovers("slow", 503, 504);
  }
}
