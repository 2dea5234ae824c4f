package dev.scalable.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.scalable.TestStack;
import dev.scalable.config.Settings;
import dev.scalable.http.ErrorMapper;
import dev.scalable.http.Route;
import dev.scalable.server.TestServer;
import dev.scalable.testkit.load.Client;
import java.io.IOException;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * One instance: a pool of its own, and a real server with the routes of a test and the library's answers to what the
 * database says.
 */
final class DbInstance implements AutoCloseable {

  /** A safety limit, far above what is seen. */
  static final Duration LONGEST = Duration.ofSeconds(60);

  private final Pool pool;
  private final PooledDb db;
  private final TestServer server;

  /** What the instance answers, on its database. */
  interface Routes {
    Set<Route> on(Db db);
  }

  private DbInstance(Map<String, String> environment, Routes routes) throws SQLException {
    pool = new Pool(DbSettings.from(Settings.of(environment)));
    db = new PooledDb(pool);
    try {
      pool.start();
    } catch (SQLException | RuntimeException e) {
      pool.stop();
      throw e;
    }
    server = TestServer.start(TestServer.settings(TestServer.threads()), routes.on(db),
        DbProblems.mappers().toArray(ErrorMapper<?>[]::new));
  }

  /**
   * An instance on the PostgreSQL of the test stack.
   *
   * @param port where that is reached
   * @param name what the server knows its connections by
   * @param settings names and values in turn
   */
  static DbInstance onStack(int port, String name, Routes routes, String... settings) throws SQLException {
    return new DbInstance(environment("jdbc:postgresql://127.0.0.1:" + port + "/app?ApplicationName=" + name,
        TestStack.postgres().user(), TestStack.postgres().password(), settings), routes);
  }

  static DbInstance onStack(String name, Routes routes, String... settings) throws SQLException {
    return onStack(TestStack.postgres().address().getPort(), name, routes, settings);
  }

  /** An instance on a PostgreSQL of the test's own. */
  static DbInstance on(OwnPostgres postgres, Routes routes, String... settings) throws SQLException {
    return new DbInstance(environment("jdbc:postgresql://" + postgres.address() + "/postgres", OwnPostgres.USER,
        OwnPostgres.PASSWORD, settings), routes);
  }

  private static Map<String, String> environment(String url, String user, String password, String... settings) {
    Map<String, String> environment = new HashMap<>(Map.of(
        "SCALABLE_DB_URL", url, "SCALABLE_DB_USER", user, "SCALABLE_DB_PASSWORD", password));
    for (int i = 0; i < settings.length; i += 2) {
      environment.put(settings[i], settings[i + 1]);
    }
    return environment;
  }

  PooledDb db() {
    return db;
  }

  Client client() {
    return Client.open(URI.create("http://127.0.0.1:" + server.port()));
  }

  /** Nobody is in a transaction or waits for one, and all connections of the pool can be had at once, and work. */
  void assertThatNothingHasLeaked() {
    await().atMost(LONGEST).untilAsserted(() -> {
      assertThat(db.stats().active()).isZero();
      assertThat(db.stats().waiting()).isZero();
    });
    List<Handle> all = new ArrayList<>();
    try {
      for (int i = 0; i < db.stats().size(); i++) {
        Handle handle = pool.acquire();
        all.add(handle);
        handle.execute("select 1");
      }
      assertThat(db.stats().open()).isEqualTo(db.stats().size());
    } finally {
      all.forEach(pool::release);
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    server.close();
    pool.stop();
  }
}
