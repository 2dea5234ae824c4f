package dev.scalable.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.scalable.TestStack;
import dev.scalable.config.Settings;
import java.io.IOException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Statements that are sent with the commit, on a real PostgreSQL. */
class WithCommitTest {

  private static final String ADD = "insert into last (id, text) values (?, ?) returning id * 10";

  private final Jdbi aside = Jdbi.create(TestStack.postgres().dataSource());
  private PostgresWire wire;
  private Pool pool;
  private PooledDb db;

  @BeforeEach
  void open() throws Exception {
    aside.useHandle(handle -> handle.execute("""
        drop table if exists last;
        create table last (id int primary key, text text, twin int unique deferrable initially deferred)
        """));
    wire = new PostgresWire(TestStack.postgres().address().getPort());
    pool = new Pool(DbSettings.from(Settings.of(Map.of(
        "SCALABLE_DB_URL", "jdbc:postgresql://127.0.0.1:" + wire.port() + "/app",
        "SCALABLE_DB_USER", TestStack.postgres().user(),
        "SCALABLE_DB_PASSWORD", TestStack.postgres().password(),
        "SCALABLE_DB_POOL_SIZE", "1"))));
    pool.start();
    db = new PooledDb(pool);
  }

  @AfterEach
  void close() throws IOException {
    pool.stop();
    wire.close();
  }

  private List<Integer> ids() {
    return aside.withHandle(handle -> handle.createQuery("select id from last order by id").mapTo(Integer.class).list());
  }

  private void insert(Tx tx, int id) {
    tx.handle().execute("insert into last (id) values (?)", id);
  }

  @Test
  void they_run_in_their_order_after_the_work_and_tell_what_was_answered() {
    List<LongSupplier> answers = new ArrayList<>();
    db.write(tx -> {
      answers.add(tx.withCommit(ADD, 2, "two"));
      answers.add(tx.withCommit("update last set text = text || ? where id <= ?", "!", 2));
      answers.add(tx.withCommit("select id from last where text = ?", "none"));
      answers.add(tx.withCommit(ADD, 3, null));
      insert(tx, 1);
      assertThatThrownBy(answers.getFirst()::getAsLong).isInstanceOf(IllegalStateException.class)
          .hasMessageContainingAll("no answer before the transaction has committed", ADD);
      return 0;
    });
    assertThat(answers.stream().mapToLong(LongSupplier::getAsLong)).containsExactly(20L, 2L, 0L, 30L);
    assertThat(ids()).containsExactly(1, 2, 3);
    assertThat(aside.<String, RuntimeException>withHandle(handle -> handle.createQuery("select text from last where id = 2")
        .mapTo(String.class).one())).isEqualTo("two!");
  }

  @Test
  void an_answer_that_is_no_number_does_not_make_a_commit_look_like_a_rollback() {
    List<LongSupplier> answers = new ArrayList<>();
    List<Outcome> outcomes = new ArrayList<>();
    db.write(tx -> {
      tx.onEnd(outcomes::add);
      answers.add(tx.withCommit("insert into last (id, text) values (1, 'one') returning text"));
      return answers.add(tx.withCommit("insert into last (id) values (2) returning text"));
    });
    assertThat(outcomes).containsExactly(Outcome.COMMITTED);
    assertThat(ids()).containsExactly(1, 2);
    assertThat(answers).allSatisfy(answer -> assertThatThrownBy(answer::getAsLong)
        .isInstanceOf(IllegalStateException.class).hasMessageContaining("no number"));
  }

  @Test
  void all_of_them_and_the_commit_are_one_round_trip() {
    db.write(tx -> tx.handle().execute("select 1"));
    int before = wire.roundTrips();
    db.write(tx -> {
      insert(tx, 1);
      tx.withCommit(ADD, 2, "two");
      tx.withCommit(ADD, 3, "three");
      return 0;
    });
    assertThat(wire.roundTrips() - before).as("the insert, and the rest").isEqualTo(2);
    assertThat(ids()).containsExactly(1, 2, 3);
  }

  @Test
  void one_that_fails_rolls_all_back_and_the_connection_is_as_good_as_new() {
    Throwable failure = catchThrowable(() -> db.write(tx -> {
      insert(tx, 1);
      tx.withCommit(ADD, 2, "two");
      tx.withCommit(ADD, 1, "again");
      tx.withCommit(ADD, 3, "three");
      return 0;
    }));
    assertThat(failure).isInstanceOf(JdbiException.class).hasMessageContaining("last_pkey");
    assertThat(ids()).isEmpty();
    db.write(tx -> tx.withCommit(ADD, 4, "four"));
    assertThat(ids()).containsExactly(4);
  }

  @Test
  void a_commit_that_is_refused_after_them_rolls_them_back() {
    assertThatThrownBy(() -> db.write(tx -> {
      tx.handle().execute("insert into last (id, twin) values (1, 7), (2, 7)");
      return tx.withCommit(ADD, 3, "three");
    })).isInstanceOf(JdbiException.class).hasMessageContaining("last_twin_key");
    assertThat(ids()).isEmpty();
  }

  @Test
  void work_that_throws_has_none_of_them_run() {
    assertThatThrownBy(() -> db.write(tx -> {
      tx.withCommit(ADD, 1, "one");
      throw new IllegalStateException("no");
    })).hasMessage("no");
    assertThat(ids()).isEmpty();
  }

  @Test
  void contention_that_one_of_them_meets_has_the_work_run_again() {
    AtomicInteger runs = new AtomicInteger();
    db.write(tx -> {
      tx.withCommit(runs.incrementAndGet() == 1 ? "do $$ begin raise exception using errcode = '40001'; end $$"
          : "select 1");
      return tx.withCommit(ADD, runs.get(), "run");
    });
    assertThat(ids()).as("of the second run alone").containsExactly(2);
  }

  @Test
  void if_the_reply_is_lost_nobody_knows_and_there_is_no_answer() {
    List<LongSupplier> answers = new ArrayList<>();
    List<Outcome> outcomes = new ArrayList<>();
    wire.dropNextReply();
    assertThatThrownBy(() -> db.write(tx -> {
      tx.onEnd(outcomes::add);
      return answers.add(tx.withCommit(ADD, 1, "one"));
    })).isInstanceOf(CommitUnknown.class);
    assertThat(outcomes).containsExactly(Outcome.UNKNOWN);
    assertThatThrownBy(answers.getFirst()::getAsLong).isInstanceOf(IllegalStateException.class);
    assertThat(ids()).as("here it was committed").containsExactly(1);
  }

  @Test
  void a_read_has_no_commit_to_send_them_with() {
    assertThatThrownBy(() -> db.read(tx -> tx.withCommit(ADD, 1, "one"))).isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("use Db.write");
  }

  @Test
  void the_connection_is_that_of_the_transaction() throws Exception {
    db.write(tx -> {
      try (Statement statement = tx.connection().createStatement()) {
        statement.execute("insert into last (id) values (1); insert into last (id) values (2)");
      }
      assertThat(ids()).as("not committed").isEmpty();
      return 0;
    });
    assertThat(ids()).containsExactly(1, 2);
  }
}
