package dev.scalable.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import dev.scalable.TestStack;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.testkit.load.Answer;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Client;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** What a client is told, by a real server, of each way in which a real PostgreSQL refuses. */
@Timeout(60)
class ProblemsTest {

  /** What a client sends, which is nobody else's business. */
  private static final String VALUE = "a-private-value\n12:00:00 a forged line";

  /** Each fails; a client's value is their argument. */
  private static final Map<String, String> STATEMENTS = Map.ofEntries(
      Map.entry("unique", "insert into told (name) values ('taken:' || :value)"),
      Map.entry("foreign", "insert into told (name, parent) values (:value, 99)"),
      Map.entry("referenced", "delete from told where name like 'taken:%' and :value is not null"),
      Map.entry("exclusion", "insert into told (name, during) values (:value, '[1,5)')"),
      Map.entry("check", "insert into told (name, size) values (:value, -1)"),
      Map.entry("not-null", "insert into told (name, size) values (:value, null)"),
      Map.entry("range", "insert into told (name, size) values (:value, 40000)"),
      Map.entry("too-long", "insert into told (name, short) values (:value, :value)"),
      Map.entry("malformed", "insert into told (name, size) values (:value, cast(:value as smallint))"),
      Map.entry("division", "select 1 / (length(:value) - length(:value))"),
      Map.entry("null-argument", "select array_fill(:value, null)"),
      Map.entry("syntax", "selekt :value"),
      Map.entry("no-table", "select :value from nowhere_to_be_found"),
      Map.entry("too-slow", "select pg_sleep(10), :value"),
      Map.entry("locked", "update told set name = name || :value where name = 'locked'"));

  private static final Jdbi ASIDE = Jdbi.create(TestStack.postgres().dataSource());

  private static DbInstance instance;
  private static Client client;

  @BeforeAll
  static void start() throws Exception {
    ASIDE.useHandle(handle -> {
      handle.createScript("""
          drop table if exists told;
          create table told (name text primary key, parent int, size smallint not null default 1 check (size > 0),
            short varchar(3), during int4range, id int generated always as identity unique,
            foreign key (parent) references told (id), exclude using gist (during with &&));
          insert into told (name) values ('locked');
          """).execute();
      handle.createUpdate("insert into told (name, during) values ('taken:' || :value, '[1,9)')").bind("value", VALUE)
          .execute();
      handle.execute("insert into told (name, parent) values ('child', 2)");
    });
    instance = DbInstance.onStack("problems", ProblemsTest::routes, "SCALABLE_DB_POOL_SIZE", "1",
        "SCALABLE_DB_STATEMENT_TIMEOUT", "1500ms", "SCALABLE_DB_LOCK_TIMEOUT", "20ms");
    client = instance.client();
  }

  @AfterAll
  static void stop() throws Exception {
    // First, or the server would give it time to see its end.
    client.close();
    instance.assertThatNothingHasLeaked();
    instance.close();
  }

  private static Set<Route> routes(Db db) {
    return Set.of(Route.get("/statements/{name}", r -> db.write(tx -> {
      tx.handle().createUpdate(Objects.requireNonNull(STATEMENTS.get(r.path("name")))).bind("value", VALUE).execute();
      return Response.noContent();
    })));
  }

  @ParameterizedTest
  @CsvSource({"unique, 409", "foreign, 409", "referenced, 409", "exclusion, 409", "check, 400", "not-null, 500",
      "range, 400", "too-long, 400", "malformed, 400", "division, 500", "null-argument, 500", "syntax, 500",
      "no-table, 500", "too-slow, 503", "locked, 503"})
  void of_each_failure_a_client_is_told_what_concerns_it_and_nothing_of_the_database(String statement, int status) {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    root.addAppender(log);
    try {
      Answer answer = ASIDE.inTransaction(handle -> {
        handle.execute("select * from told where name = 'locked' for update");
        return client.send(Call.get("/statements/" + statement));
      });

      assertThat(answer.status()).as(answer.text()).isEqualTo(status);
      assertThat(answer.header("Content-Type")).contains("application/problem+json");
      assertThat(answer.text()).contains("\"requestId\":").doesNotContain("private", "forged", "told", "ERROR", "SQL",
          "Exception", "insert", "select", "size", "pkey", "nowhere", "jdbi", "postgres");
      assertThat(answer.header("Retry-After").isPresent()).isEqualTo(status == 503);
      // Only what nobody expects is an error, and is told with where it comes from.
      await().untilAsserted(() -> assertThat(log.list).anyMatch(event -> event.getLevel().toString().equals(
          status == 500 ? "ERROR" : "WARN") && event.getFormattedMessage().contains("/statements/" + statement)));
      // The server quotes what it cannot read. It stays inside of its line.
      assertThat(log.list).as("the log").allSatisfy(event -> assertThat(event.getFormattedMessage()
          + (event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy())))
          .doesNotContain(statement.equals("malformed") ? "\n12:00:00" : "private"));
    } finally {
      root.detachAppender(log);
    }
  }
}
