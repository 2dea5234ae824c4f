package dev.scalable.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.scalable.TestStack;
import dev.scalable.config.Settings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Transactions on a real PostgreSQL, over a pool of two connections. */
class TransactionTest {

  private static final int SIZE = 2;

  private final Jdbi aside = Jdbi.create(TestStack.postgres().dataSource());
  private Pool pool = pool(TestStack.postgres().address().getPort(), "400ms");
  private PooledDb db = new PooledDb(pool);

  private static Pool pool(int port, String acquireTimeout) {
    return new Pool(DbSettings.from(Settings.of(Map.of(
        "SCALABLE_DB_URL", "jdbc:postgresql://127.0.0.1:" + port + "/app",
        "SCALABLE_DB_USER", TestStack.postgres().user(),
        "SCALABLE_DB_PASSWORD", TestStack.postgres().password(),
        "SCALABLE_DB_POOL_SIZE", String.valueOf(SIZE),
        "SCALABLE_DB_ACQUIRE_TIMEOUT", acquireTimeout))));
  }

  @BeforeEach
  void open() throws Exception {
    aside.useHandle(handle -> handle.execute(
        "drop table if exists entry; create table entry (id int primary key, twin int unique deferrable initially deferred)"));
    pool.start();
  }

  /** After each test, whatever has failed in it: every connection can be had again, outside of any transaction. */
  @AfterEach
  void nothing_has_leaked() {
    try {
      await().until(() -> aside.withHandle(handle -> handle.createQuery(
          "select count(*) from pg_stat_activity where application_name = 'scalable' and state like 'idle in transaction%'")
          .mapTo(Integer.class).one() == 0));
      List<Handle> all = new ArrayList<>();
      for (int i = 0; i < SIZE; i++) {
        all.add(pool.acquire());
      }
      all.forEach(pool::release);
    } finally {
      pool.stop();
    }
  }

  private int insert(int id) {
    return db.write(tx -> tx.handle().execute("insert into entry values (?, ?)", id, id));
  }

  private int entries() {
    return aside.withHandle(handle -> handle.createQuery("select count(*) from entry").mapTo(Integer.class).one());
  }

  private static void terminateBackend(Tx tx, Jdbi aside) {
    int pid = tx.handle().createQuery("select pg_backend_pid()").mapTo(Integer.class).one();
    aside.useHandle(handle -> {
      handle.createQuery("select pg_terminate_backend(:pid)").bind("pid", pid).mapTo(Boolean.class).one();
      await().until(() -> handle.createQuery("select count(*) from pg_stat_activity where pid = :pid").bind("pid", pid)
          .mapTo(Integer.class).one() == 0);
    });
  }

  @Test
  void what_was_written_is_committed_and_what_was_read_is_returned() {
    assertThat(insert(1)).isEqualTo(1);
    assertThat(entries()).isEqualTo(1);
    assertThat(db.<Integer, RuntimeException>read(tx -> tx.handle().createQuery("select id from entry").mapTo(Integer.class).one())).isEqualTo(1);
  }

  @Test
  void an_exception_rolls_back_and_is_thrown_as_it_is() {
    IllegalStateException thrown = new IllegalStateException("no");
    assertThatThrownBy(() -> db.write(tx -> {
      tx.handle().execute("insert into entry values (1, 1)");
      throw thrown;
    })).isSameAs(thrown);
    assertThatThrownBy(() -> db.write(tx -> {
      tx.handle().execute("insert into entry values (1, 1)");
      throw new IOException("checked");
    })).isExactlyInstanceOf(IOException.class).hasMessage("checked");
    assertThatThrownBy(() -> db.write(tx -> {
      tx.handle().execute("insert into entry values (1, 1)");
      throw new AssertionError("an error");
    })).isInstanceOf(AssertionError.class);
    assertThat(entries()).isZero();
  }

  @Test
  void a_read_cannot_write() {
    assertThatThrownBy(() -> db.read(tx -> tx.handle().execute("insert into entry values (1, 1)")))
        .isInstanceOf(UnableToExecuteStatementException.class).hasMessageContaining("read-only");
    assertThat(insert(1)).as("the same connections write again").isEqualTo(1);
    assertThat(insert(2)).isEqualTo(1);
    assertThat(insert(3)).isEqualTo(1);
  }

  @Test
  void a_transaction_that_waits_too_long_for_a_lock_is_tried_again_and_has_changed_nothing_in_the_end() throws Exception {
    insert(1);
    List<Outcome> outcomes = new ArrayList<>();
    try (Handle holder = aside.open()) {
      holder.begin();
      holder.execute("update entry set id = id");
      assertThatThrownBy(() -> db.write(tx -> {
        tx.onEnd(outcomes::add);
        tx.handle().execute("set local lock_timeout = '20ms'");
        return tx.handle().execute("delete from entry");
      })).isInstanceOf(DbUnavailable.class).hasMessageContaining("others stood in its way, or it took too long")
          .satisfies(last -> assertThat(last.getSuppressed()).as("the three before").hasSize(3));
      holder.rollback();
    }
    assertThat(outcomes).containsExactly(Outcome.ROLLED_BACK, Outcome.ROLLED_BACK, Outcome.ROLLED_BACK, Outcome.ROLLED_BACK);
    assertThat(db.stats().retried()).containsEntry("55P03", 3L).containsEntry("40001", 0L);
    assertThat(entries()).isEqualTo(1);
  }

  @Test
  void a_serialization_failure_is_tried_again_until_it_succeeds() {
    insert(1);
    AtomicInteger tries = new AtomicInteger();
    List<String> events = new ArrayList<>();
    int seen = db.write(Db.Isolation.REPEATABLE_READ, tx -> {
      int number = tries.incrementAndGet();
      tx.onEnd(outcome -> events.add(number + " " + outcome));
      int twin = tx.handle().createQuery("select twin from entry where id = 1").mapTo(Integer.class).one();
      if (number == 1) {
        aside.useHandle(handle -> handle.execute("update entry set twin = 5 where id = 1"));
      }
      tx.handle().execute("update entry set twin = twin + 1 where id = 1");
      return twin;
    });
    assertThat(seen).isEqualTo(5);
    assertThat(events).containsExactly("1 ROLLED_BACK", "2 COMMITTED");
    assertThat(db.stats().retried()).containsEntry("40001", 1L);
    assertThat(db.stats().ended()).containsEntry(Outcome.ROLLED_BACK, 1L).containsEntry(Outcome.UNKNOWN, 0L);
  }

  @Test
  void a_call_inside_of_a_transaction_is_refused_and_the_outer_one_goes_on() {
    int inserted = db.write(tx -> {
      assertThatThrownBy(() -> insert(2)).isInstanceOf(IllegalStateException.class).hasMessageContaining("Pass the Tx");
      assertThatThrownBy(() -> db.read(inner -> 1)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> db.readPrimary(inner -> 1)).isInstanceOf(IllegalStateException.class);
      return tx.handle().execute("insert into entry values (1, 1)");
    });
    assertThat(inserted).isEqualTo(1);
    assertThat(entries()).isEqualTo(1);
  }

  @Test
  void a_transaction_is_of_no_use_after_its_end_or_on_another_thread() throws InterruptedException {
    List<Throwable> elsewhere = new ArrayList<>();
    Tx kept = db.write(tx -> {
      Thread other = Thread.ofPlatform().start(() -> elsewhere.add(catchThrowable(tx::handle)));
      other.join();
      return tx;
    });
    assertThat(elsewhere).singleElement().isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(kept::handle).isInstanceOf(IllegalStateException.class).hasMessageContaining("has ended");
    assertThatThrownBy(() -> kept.afterCommit(() -> {})).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> kept.onEnd(outcome -> {})).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void connections_that_died_while_nobody_used_them_are_noticed_by_nobody() {
    insert(1);
    aside.useHandle(handle -> {
      handle.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'scalable'"
          + " and pid <> pg_backend_pid() and datname = current_database() and query like '%entry%'");
      await().until(() -> handle.createQuery("select count(*) from pg_stat_activity where application_name = 'scalable'"
          + " and query like '%entry%'").mapTo(Integer.class).one() == 0);
    });
    assertThat(insert(2)).isEqualTo(1);
    assertThat(insert(3)).isEqualTo(1);
    assertThat(db.stats().retried().get("08")).isLessThanOrEqualTo(1);
  }

  @Test
  void a_commit_that_the_server_refuses_is_no_unknown_outcome() {
    insert(1);
    List<Outcome> outcomes = new ArrayList<>();
    assertThatThrownBy(() -> db.write(tx -> {
      tx.onEnd(outcomes::add);
      return tx.handle().execute("insert into entry values (2, 1)");
    })).isInstanceOf(JdbiException.class).hasMessageContaining("refused the commit");
    assertThatThrownBy(() -> db.write(tx -> {
      tx.onEnd(outcomes::add);
      return catchThrowable(() -> tx.handle().execute("insert into entry values (1, 3)"));
    })).as("a failed statement whose exception was swallowed").isInstanceOf(JdbiException.class);
    assertThat(outcomes).containsExactly(Outcome.ROLLED_BACK, Outcome.ROLLED_BACK);
    assertThat(entries()).isEqualTo(1);
  }

  @Test
  void actions_run_in_their_order_when_the_connections_are_back() {
    List<String> events = new ArrayList<>();
    db.write(tx -> {
      tx.onEnd(outcome -> events.add("first " + outcome));
      tx.afterCommit(() -> {
        // Both connections of the pool at once: the one of this transaction must have been given back.
        insert(7);
        Handle other = pool.acquire();
        insert(8);
        pool.release(other);
        events.add("second");
      });
      tx.onEnd(outcome -> events.add("third " + outcome));
      return events.add("work");
    });
    assertThat(events).containsExactly("work", "first COMMITTED", "second", "third COMMITTED");
    assertThat(entries()).isEqualTo(2);
  }

  @Test
  void after_a_rollback_only_the_actions_for_any_end_run() {
    List<String> events = new ArrayList<>();
    assertThatThrownBy(() -> db.write(tx -> {
      tx.afterCommit(() -> events.add("committed"));
      tx.onEnd(outcome -> events.add("ended " + outcome));
      throw new IllegalStateException("no");
    })).isInstanceOf(IllegalStateException.class);
    assertThat(events).containsExactly("ended ROLLED_BACK");
  }

  @Test
  void an_action_that_fails_changes_neither_the_result_nor_the_other_actions() {
    List<String> events = new ArrayList<>();
    int result = db.write(tx -> {
      tx.afterCommit(() -> {
        throw new IllegalStateException("a failing action");
      });
      tx.onEnd(outcome -> {
        throw new AssertionError("a badly failing action");
      });
      tx.onEnd(outcome -> events.add("ran"));
      return tx.handle().execute("insert into entry values (1, 1)");
    });
    assertThat(result).isEqualTo(1);
    assertThat(events).containsExactly("ran");
    assertThat(entries()).isEqualTo(1);
  }

  @Test
  void a_connection_that_is_lost_before_the_commit_means_that_nothing_was_changed() {
    List<Outcome> outcomes = new ArrayList<>();
    assertThatThrownBy(() -> db.write(tx -> {
      tx.onEnd(outcomes::add);
      tx.handle().execute("insert into entry values (1, 1)");
      terminateBackend(tx, aside);
      return tx.handle().execute("insert into entry values (2, 2)");
    })).isInstanceOf(DbUnavailable.class);
    assertThat(outcomes).containsExactly(Outcome.ROLLED_BACK);
    assertThat(entries()).isZero();
    for (int id = 10; id < 10 + 2 * SIZE; id++) {
      assertThat(insert(id)).as("on fresh connections").isEqualTo(1);
    }
  }

  @Test
  void a_read_whose_connection_is_lost_at_its_end_has_read_all_the_same() {
    int read = db.read(tx -> {
      terminateBackend(tx, aside);
      return 1;
    });
    assertThat(read).isEqualTo(1);
  }

  @Test
  void a_commit_after_a_lost_connection_that_the_work_has_hidden_is_no_unknown_outcome() {
    List<Outcome> outcomes = new ArrayList<>();
    assertThatThrownBy(() -> db.write(tx -> {
      tx.onEnd(outcomes::add);
      terminateBackend(tx, aside);
      return catchThrowable(() -> tx.handle().execute("insert into entry values (1, 1)"));
    })).isInstanceOf(DbUnavailable.class);
    assertThat(outcomes).containsExactly(Outcome.ROLLED_BACK);
  }

  @Test
  void a_commit_whose_reply_is_lost_is_an_unknown_outcome() throws Exception {
    pool.stop();
    try (PostgresWire wire = new PostgresWire(TestStack.postgres().address().getPort())) {
      pool = pool(wire.port(), "400ms");
      pool.start();
      db = new PooledDb(pool);
      List<String> events = new ArrayList<>();
      wire.dropNextReply();
      assertThatThrownBy(() -> db.write(tx -> {
        tx.onEnd(outcome -> events.add("ended " + outcome));
        tx.afterCommit(() -> events.add("committed"));
        return tx.handle().execute("insert into entry values (1, 1)");
      })).isInstanceOf(CommitUnknown.class);
      assertThat(events).containsExactly("ended UNKNOWN");
      await().untilAsserted(() -> assertThat(entries()).as("it did commit").isEqualTo(1));
      assertThat(insert(2)).as("on a fresh connection").isEqualTo(1);
      nothing_has_leaked();
    }
    pool = pool(TestStack.postgres().address().getPort(), "400ms");
    pool.start();
  }

  @Test
  void callers_wait_their_turn_and_no_more_connections_are_used_than_the_pool_has() throws Exception {
    pool.stop();
    // As long as it takes on a machine that is busy otherwise.
    pool = pool(TestStack.postgres().address().getPort(), "30s");
    pool.start();
    db = new PooledDb(pool);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    CountDownLatch done = new CountDownLatch(50);
    for (int i = 0; i < 50; i++) {
      int id = i;
      Thread.ofVirtual().start(() -> {
        try {
          db.write(tx -> {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            tx.handle().execute("insert into entry values (?, ?)", id, id);
            tx.handle().execute("select pg_sleep(0.002)");
            return inside.decrementAndGet();
          });
        } catch (Throwable t) {
          failures.add(t);
        }
        done.countDown();
      });
    }
    done.await();
    assertThat(failures).isEmpty();
    assertThat(most).hasValueBetween(1, SIZE);
    assertThat(entries()).isEqualTo(50);
  }

  @Test
  void a_caller_that_gets_no_connection_in_time_is_told_so() throws InterruptedException {
    CountDownLatch held = new CountDownLatch(SIZE);
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(SIZE);
    for (int i = 0; i < SIZE; i++) {
      Thread.ofVirtual().start(() -> {
        db.read(tx -> {
          held.countDown();
          await().until(() -> release.getCount() == 0);
          return 0;
        });
        ended.countDown();
      });
    }
    held.await();
    long began = System.nanoTime();
    assertThatThrownBy(() -> insert(1)).isInstanceOf(DbUnavailable.class)
        .hasMessageContaining("None of the 2 database connections was free within 400 ms");
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isBetween(Duration.ofMillis(390), Duration.ofSeconds(3));
    release.countDown();
    ended.await();
    assertThat(entries()).isZero();
  }

  @Test
  void a_caller_that_is_interrupted_costs_no_other_its_connection() throws InterruptedException {
    Set<Integer> before = backends();
    AtomicInteger broken = new AtomicInteger();
    List<Throwable> thrown = new ArrayList<>();
    // As a handler is at its request's deadline: this breaks what a virtual thread reads from.
    Thread caller = Thread.ofVirtual().start(() -> thrown.add(catchThrowable(() -> db.read(tx -> {
      broken.set(tx.handle().createQuery("select pg_backend_pid()").mapTo(Integer.class).one());
      return tx.handle().execute("select pg_sleep(30)");
    }))));
    await().until(() -> broken.get() != 0 && aside.withHandle(handle -> handle.createQuery(
        "select count(*) from pg_stat_activity where pid = :pid and wait_event = 'PgSleep'").bind("pid", broken.get())
        .mapTo(Integer.class).one() == 1));
    caller.interrupt();
    caller.join();
    assertThat(thrown).singleElement().isInstanceOf(DbUnavailable.class);
    before.remove(broken.get());
    assertThat(backends()).hasSize(SIZE).containsAll(before);
  }

  /** The server's processes at the end of all connections of the pool. */
  private Set<Integer> backends() {
    Set<Integer> backends = new HashSet<>();
    List<Handle> all = new ArrayList<>();
    for (int i = 0; i < SIZE; i++) {
      all.add(pool.acquire());
    }
    all.forEach(handle -> backends.add(handle.createQuery("select pg_backend_pid()").mapTo(Integer.class).one()));
    all.forEach(pool::release);
    return backends;
  }

  @Test
  void an_interrupted_caller_gives_up_its_turn() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> insert(1)).isInstanceOf(DbUnavailable.class);
    assertThat(Thread.interrupted()).as("the interrupt is kept").isTrue();
  }
}
