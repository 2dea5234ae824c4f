package dev.scalable.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.scalable.TestStack;
import dev.scalable.config.Settings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.result.ResultIterator;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.customizer.FetchSize;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reads on a real PostgreSQL, over a pool of one connection: each call follows the one before on the same session. */
class ReadTest {

  private final Jdbi aside = Jdbi.create(TestStack.postgres().dataSource());
  private Pool pool = pool(Map.of());
  private PooledDb db = new PooledDb(pool);

  private static Pool pool(Map<String, String> more) {
    Map<String, String> environment = new HashMap<>(Map.of(
        "SCALABLE_DB_URL", TestStack.postgres().jdbcUrl(),
        "SCALABLE_DB_USER", TestStack.postgres().user(),
        "SCALABLE_DB_PASSWORD", TestStack.postgres().password(),
        "SCALABLE_DB_POOL_SIZE", "1"));
    environment.putAll(more);
    return new Pool(DbSettings.from(Settings.of(environment)));
  }

  @BeforeEach
  void open() throws Exception {
    aside.useHandle(handle -> handle.execute("drop table if exists reading; create table reading (id int primary key);"
        + " insert into reading select generate_series(1, 100)"));
    pool.start();
  }

  @AfterEach
  void close() {
    pool.stop();
  }

  private static String text(Tx tx, String query) {
    return tx.handle().createQuery(query).mapTo(String.class).one();
  }

  private static int session(Tx tx) {
    return tx.handle().createQuery("select pg_backend_pid()").mapTo(Integer.class).one();
  }

  /** What a session has been asked last, or is at the moment, as the server tells others. */
  private String aside(String what, int session) {
    return aside.withHandle(handle -> handle.createQuery("select <what> from pg_stat_activity where pid = :session")
        .define("what", what).bind("session", session).mapTo(String.class).one());
  }

  private int insert(int id) {
    return db.write(tx -> tx.handle().execute("insert into reading values (?)", id));
  }

  /** The moment at which the transaction began that a statement is part of. */
  private static final String BEGAN = "select transaction_timestamp()::text";

  @Test
  void the_server_is_asked_the_query_and_nothing_before_or_after_it() {
    int session = db.read(ReadTest::session);
    assertThat(aside("query", session)).isEqualTo("select pg_backend_pid()");
    assertThat(aside("state", session)).isEqualTo("idle");
    assertThat(db.<String, RuntimeException>read(tx -> text(tx, BEGAN) + " " + text(tx, BEGAN)).split(" (?=\\d{4}-)"))
        .as("two statements, two transactions").doesNotHaveDuplicates();
  }

  @Test
  void a_session_follows_its_use() {
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> db.read(tx -> tx.handle().execute("delete from reading")))
          .isInstanceOf(JdbiException.class).hasMessageContaining("read-only");
      assertThatThrownBy(() -> db.readPrimary(tx -> text(tx, "select id from reading where id = 1 for update")))
          .isInstanceOf(JdbiException.class).hasMessageContaining("read-only");
      assertThat(insert(101 + 2 * i)).isEqualTo(1);
      assertThat(insert(102 + 2 * i)).isEqualTo(1);
    }
    assertThat(db.<String, RuntimeException>read(tx -> text(tx, "select count(*) from reading"))).isEqualTo("106");
  }

  @Test
  void what_needs_a_transaction_in_a_read_has_one_for_the_asking_and_still_cannot_write() {
    List<String> events = new ArrayList<>();
    List<String> began = db.read(tx -> {
      tx.onEnd(outcome -> events.add("ended " + outcome));
      return tx.handle().inTransaction(handle -> {
        handle.execute("set local application_name = 'for a moment'");
        assertThat(text(tx, "select current_setting('application_name')")).isEqualTo("for a moment");
        return List.of(text(tx, BEGAN), text(tx, BEGAN));
      });
    });
    assertThat(began.get(0)).isEqualTo(began.get(1));
    assertThat(events).containsExactly("ended COMMITTED");
    assertThatThrownBy(() -> db.read(tx -> tx.handle().inTransaction(handle -> handle.execute("delete from reading"))))
        .isInstanceOf(JdbiException.class).hasMessageContaining("read-only");
    assertThat(insert(101)).as("and the connection is as before").isEqualTo(1);
  }

  @Test
  void a_transaction_that_the_work_leaves_open_is_ended_with_the_read() {
    int session = db.read(tx -> {
      tx.handle().begin();
      return session(tx);
    });
    assertThat(aside("state", session)).isEqualTo("idle");
    assertThatThrownBy(() -> db.read(tx -> {
      tx.handle().begin();
      throw new IllegalStateException(text(tx, BEGAN));
    })).isInstanceOf(IllegalStateException.class);
    assertThat(aside("state", session)).isEqualTo("idle");
    assertThat(insert(101)).isEqualTo(1);
  }

  @Test
  void a_result_with_a_fetch_size_comes_in_portions() {
    int session = db.read(tx -> {
      int mine = session(tx);
      try (ResultIterator<Integer> rows = tx.handle().createQuery("select id from reading").setFetchSize(10)
          .mapTo(Integer.class).iterator()) {
        rows.next();
        assertThat(aside("state", mine)).as("the rest is still there").isEqualTo("idle in transaction");
        int more = 0;
        while (rows.hasNext()) {
          rows.next();
          more++;
        }
        assertThat(more).isEqualTo(99);
      }
      return mine;
    });
    assertThat(aside("state", session)).isEqualTo("idle");
  }

  @Test
  void a_statement_that_fails_and_is_caught_does_not_end_the_read() {
    String read = db.read(tx -> {
      assertThat(catchThrowable(() -> text(tx, "select 1 / 0"))).isInstanceOf(JdbiException.class);
      return text(tx, "select count(*) from reading");
    });
    assertThat(read).isEqualTo("100");
  }

  private void terminate(int session) {
    aside.useHandle(handle -> {
      handle.createQuery("select pg_terminate_backend(?)").bind(0, session).mapTo(Boolean.class).one();
      await().until(() -> handle.createQuery("select count(*) from pg_stat_activity where pid = ?").bind(0, session)
          .mapTo(Integer.class).one() == 0);
    });
  }

  @Test
  void a_read_is_repeated_if_the_connection_was_lost_before_anything_was_read() {
    int session = db.read(ReadTest::session);
    terminate(session);
    assertThat(db.<Integer, RuntimeException>read(ReadTest::session)).isNotEqualTo(session);
    assertThat(db.stats().retried()).containsEntry("08", 1L);
  }

  @Test
  void a_read_is_not_repeated_once_something_was_read() {
    AtomicInteger runs = new AtomicInteger();
    assertThatThrownBy(() -> db.read(tx -> {
      runs.incrementAndGet();
      terminate(session(tx));
      return text(tx, BEGAN);
    })).isInstanceOf(DbUnavailable.class);
    assertThat(runs).hasValue(1);
    assertThat(insert(101)).as("on a fresh connection").isEqualTo(1);
  }

  @Test
  void with_limits_in_each_transaction_a_read_is_one_as_before() throws Exception {
    pool.stop();
    pool = pool(Map.of("SCALABLE_DB_LIMITS", "transaction"));
    pool.start();
    db = new PooledDb(pool);
    assertThat(db.<String, RuntimeException>read(tx -> text(tx, BEGAN) + " " + text(tx, BEGAN)).split(" (?=\\d{4}-)"))
        .as("two statements, one transaction").hasSize(2).satisfies(began -> assertThat(began[0]).isEqualTo(began[1]));
    assertThat(db.<String, RuntimeException>read(tx -> text(tx, "show default_transaction_read_only")))
        .as("nothing is left in a session that may be another's").isEqualTo("off");
    assertThatThrownBy(() -> db.read(tx -> tx.handle().execute("delete from reading")))
        .isInstanceOf(JdbiException.class);
    assertThat(insert(101)).isEqualTo(1);
  }

  interface Counted {
    @SqlQuery("select count(*) from reading")
    int count();
  }

  interface Readings extends Counted, SqlObject {
    @FetchSize(10)
    @SqlQuery("select id from reading order by id")
    List<Integer> all();

    @SqlUpdate("insert into reading values (:id)")
    int insert(int id);

    default boolean has(int id) {
      return all().contains(id);
    }

    default Handle bare() {
      return getHandle();
    }
  }

  @Test
  void data_access_objects_are_what_jdbi_makes_of_their_interface() {
    for (int id = 101; id <= 102; id++) {
      int added = id;
      db.write(tx -> tx.dao(Readings.class).insert(added));
      db.read(tx -> {
        Readings readings = tx.dao(Readings.class);
        assertThat(readings.count()).isEqualTo(added);
        assertThat(readings.has(added)).isTrue();
        assertThat(readings.bare()).isSameAs(tx.handle());
        assertThat(Set.of(readings)).contains(readings).doesNotContain(tx.dao(Readings.class));
        assertThat(readings.toString()).contains("Readings");
        return readings;
      });
    }
    assertThatThrownBy(() -> db.read(tx -> tx.dao(Runnable.class))).isInstanceOf(JdbiException.class);
    assertThatThrownBy(() -> db.write(tx -> tx.dao(Readings.class).insert(1))).isInstanceOf(JdbiException.class)
        .hasMessageContaining("reading_pkey");
  }
}
