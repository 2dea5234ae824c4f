package dev.scalable.cost;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dagger.Component;
import dagger.Module;
import dagger.Provides;
import dagger.multibindings.IntoSet;
import dev.scalable.ScalableModule;
import dev.scalable.db.Db;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.lifecycle.Service;
import dev.scalable.testkit.cluster.AppSpec;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.Instance;
import dev.scalable.testkit.cluster.PostgresNode;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HttpString;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.junit.jupiter.api.Test;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Measures a route that reads one row of a table by its key, as it is shipped (access log, metrics, ids, limits),
 * against the plainest server that does the same: Undertow, which hands each request to its pool of worker threads,
 * with HikariCP, JDBC in autocommit and Jackson. Both have pools of the same size on the same PostgreSQL and send the
 * same bytes and headers. The bars, at 64 and at 512 connections: requests per second at least 1.0 times, p99 no
 * longer, processor time of the server's process per request at most 0.8 times.
 *
 * <p>Figures of one run alone can be compared: the two take turns in short windows, each of a fixed number of requests,
 * and what is said is the median and the quartiles of all windows, and of the ratios of neighbours. Client and
 * PostgreSQL run on the same processors, and what they use is lost to the servers. {@code -Donequery.windows=30} sets
 * how many, {@code -Donequery.requests=6000} how many requests each. Before that each side is asked 200,000 times, so
 * that what the JVM's compilers take is over: were it not, it would count as the servers'. Run by
 *
 * <pre>
 * mvn -Pbench -pl scalable-core -am test -Dtest=OneQueryBench -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
final class OneQueryBench {

  private static final int WINDOWS = Integer.getInteger("onequery.windows", 30);
  private static final int REQUESTS = Integer.getInteger("onequery.requests", 6_000);
  private static final int WARM_UP = Integer.getInteger("onequery.warmup", 200_000);
  private static final List<Integer> CONNECTIONS = List.of(64, 512);
  private static final int POOL = 10;
  private static final String QUERY = "select id, name, price_cents, stock from product where id = ?";

  /** Public for Jdbi. */
  public record Product(long id, String name, int priceCents, int stock) {}

  /** The least that can do it on threads that may block: as the guides of Undertow and HikariCP have it. */
  static final class Plain implements HttpHandler {

    private static final HttpString REQUEST_ID = new HttpString("X-Request-Id");
    private static final HttpString INSTANCE_ID = new HttpString("X-Instance-Id");
    private static final HttpString CONTENT_TYPE = new HttpString("Content-Type");

    private final String instance = System.getenv("SCALABLE_INSTANCE_ID");
    private final JsonMapper json = new JsonMapper();
    private final HikariDataSource pool;

    private Plain(HikariDataSource pool) {
      this.pool = pool;
    }

    public static void main(String[] args) {
      HikariConfig config = new HikariConfig();
      config.setJdbcUrl(System.getenv("SCALABLE_DB_URL"));
      config.setUsername(System.getenv("SCALABLE_DB_USER"));
      config.setPassword(System.getenv("SCALABLE_DB_PASSWORD"));
      config.addDataSourceProperty("ApplicationName", Plain.class.getSimpleName());
      config.setMaximumPoolSize(POOL);
      Undertow.builder().addHttpListener(Integer.parseInt(System.getenv("SCALABLE_HTTP_PORT")), "127.0.0.1")
          .setIoThreads(Math.min(4, Runtime.getRuntime().availableProcessors()))
          .setServerOption(UndertowOptions.ALWAYS_SET_KEEP_ALIVE, false)
          .setHandler(new Plain(new HikariDataSource(config))).build().start();
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws SQLException {
      exchange.getResponseHeaders().put(REQUEST_ID, "0123456789abcdef0123456789abcdef").put(INSTANCE_ID, instance);
      String path = exchange.getRequestPath();
      if (path.length() == 1) {
        exchange.endExchange();
      } else if (exchange.isInIoThread()) {
        exchange.dispatch(this);
      } else {
        exchange.getResponseHeaders().put(CONTENT_TYPE, "application/json");
        Product found = find(Long.parseLong(path.substring(path.lastIndexOf('/') + 1)));
        exchange.getResponseSender().send(ByteBuffer.wrap(json.writeValueAsBytes(found)));
      }
    }

    private Product find(long id) throws SQLException {
      try (Connection connection = pool.getConnection(); PreparedStatement query = connection.prepareStatement(QUERY)) {
        query.setLong(1, id);
        try (ResultSet row = query.executeQuery()) {
          row.next();
          return new Product(row.getLong(1), row.getString(2), row.getInt(3), row.getInt(4));
        }
      }
    }
  }

  /** Ours, as it is shipped. */
  static final class Ours {

    private Ours() {}

    @RegisterConstructorMapper(Product.class)
    interface Products {
      @SqlQuery("select id, name, price_cents, stock from product where id = :id")
      @Nullable Product find(long id);
    }

    @Module
    interface Routes {
      /** As the peer does it. */
      @Provides
      @IntoSet
      static Route mappedByHand(Db db) {
        return Route.get("/products/{id}", r -> Response.ok(db.read(tx ->
            tx.handle().createQuery(QUERY).bind(0, r.pathLong("id"))
                .map((row, context) ->
                    new Product(row.getLong(1), row.getString(2), row.getInt(3), row.getInt(4))).one())));
      }

      /** As most would. */
      @Provides
      @IntoSet
      static Route mappedByJdbi(Db db) {
        return Route.get("/daos/{id}", r -> Response.ok(db.read(tx -> tx.dao(Products.class).find(r.pathLong("id")))));
      }
    }

    @Singleton
    @Component(modules = {ScalableModule.class, Routes.class})
    interface App {
      Service service();
    }

    public static void main(String[] args) {
      DaggerOneQueryBench_Ours_App.create().service().run();
    }
  }

  /** What a window of requests has come to; processor time in microseconds per request. */
  private record Window(double perSecond, double server, double database, double p50, double p99) {}

  /** A server, as it is asked over some connections, and the PostgreSQL processes that work for it. */
  private record Side(String name, Instance instance, KeepAliveClient client, List<Long> backends,
      List<Window> windows) {

    void measure() throws IOException {
      long server = ProcessorTime.nanos(instance.pid());
      long database = database();
      long began = System.nanoTime();
      long[] nanos = client.send(REQUESTS);
      long took = System.nanoTime() - began;
      windows.add(new Window(REQUESTS * 1e9 / took, (ProcessorTime.nanos(instance.pid()) - server) / 1e3 / REQUESTS,
          (database() - database) / 1e3 / REQUESTS, nanos[REQUESTS / 2] / 1e6, nanos[REQUESTS * 99 / 100] / 1e6));
    }

    private long database() throws IOException {
      long sum = 0;
      for (long backend : backends) {
        sum += ProcessorTime.nanos(backend);
      }
      return sum;
    }

    /** Status and headers, without the values that differ by nature. */
    String shape() {
      return client.head().replaceAll("(?i)(Date|X-Request-Id|X-Instance-Id): [^\r]*", "$1");
    }
  }

  @Test
  void prints_what_a_query_costs_side_by_side() throws Exception {
    // The testkit's own default for apps is to look for leaks, which costs a stack trace each time.
    AppSpec app = AppSpec.mainClass(Ours.class).env("SCALABLE_DB_LEAK_DETECTION", "0s");
    try (Cluster ours = Cluster.builder().app(app).instances(1).start()) {
      PostgresNode postgres = ours.postgres();
      fill(postgres);
      try (Cluster plain = Cluster.builder().app(plain(postgres)).instances(1).start()) {
        System.out.printf(Locale.ROOT,
            "%n%s: %s %s, %d processors, Java %s, PostgreSQL %s; %d windows of %,d requests%n", Instant.now(),
            System.getProperty("os.name"), System.getProperty("os.arch"), Runtime.getRuntime().availableProcessors(),
            Runtime.version(), version(postgres), WINDOWS, REQUESTS);
        for (int connections : CONNECTIONS) {
          List<Side> sides = new ArrayList<>();
          try {
            sides.add(side("worker threads", plain.instance(1), "/products/42", "Plain", postgres, connections));
            sides.add(side("a route", ours.instance(1), "/products/42", "scalable", postgres, connections));
            sides.add(side("a route with a data access object", ours.instance(1), "/daos/42", "scalable", postgres,
                connections));
            measure(sides);
            print(connections, sides);
          } finally {
            for (Side side : sides) {
              side.client().close();
            }
          }
        }
      }
    }
  }

  /** On the same PostgreSQL as ours. */
  private static AppSpec plain(PostgresNode postgres) {
    return AppSpec.mainClass(Plain.class).readiness("/").env("SCALABLE_DB_URL", postgres.jdbcUrl())
        .env("SCALABLE_DB_USER", postgres.user()).env("SCALABLE_DB_PASSWORD", postgres.password());
  }

  private static void fill(PostgresNode postgres) throws SQLException {
    try (Connection connection = postgres.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("""
          create table product (id bigint primary key, name text not null, price_cents int not null, stock int not null)
          """);
      statement.execute("""
          insert into product select i, 'a product of some kind', 1995, 7 from generate_series(1, 10000) i
          """);
      statement.execute("vacuum analyze product");
    }
  }

  private static String version(PostgresNode postgres) throws SQLException {
    try (Connection connection = postgres.dataSource().getConnection()) {
      return connection.getMetaData().getDatabaseProductVersion();
    }
  }

  private static String load() throws IOException {
    Path load = Path.of("/proc/loadavg");
    return Files.exists(load) ? Files.readString(load, UTF_8).strip() : "unknown";
  }

  private static Side side(String name, Instance instance, String path, String application, PostgresNode postgres,
      int connections) throws IOException, SQLException {
    KeepAliveClient client = new KeepAliveClient(instance.uri(), path, connections);
    client.send(WARM_UP);
    return new Side(name, instance, client, backends(application, postgres), new ArrayList<>());
  }

  private static List<Long> backends(String application, PostgresNode postgres) throws SQLException {
    List<Long> found = new ArrayList<>();
    try (Connection connection = postgres.dataSource().getConnection();
        PreparedStatement query =
            connection.prepareStatement("select pid from pg_stat_activity where application_name = ?")) {
      query.setString(1, application);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getLong(1));
        }
      }
    }
    return found;
  }

  private static void measure(List<Side> sides) throws IOException {
    for (Side side : sides) {
      assertThat(side.shape()).as("the headers of each").isEqualTo(sides.getFirst().shape());
    }
    for (int window = 0; window < WINDOWS; window++) {
      for (int turn = 0; turn < sides.size(); turn++) {
        sides.get((window + turn) % sides.size()).measure();
      }
    }
  }

  private static void print(int connections, List<Side> sides) throws IOException {
    System.out.printf(Locale.ROOT, "%n%d connections, load %s%n", connections, load());
    for (Side side : sides) {
      System.out.println(side.name());
      List<Window> base = sides.getFirst().windows();
      print("requests per second", base, side.windows(), Window::perSecond);
      print("CPU of the server, us per request", base, side.windows(), Window::server);
      print("CPU of PostgreSQL, us per request", base, side.windows(), Window::database);
      print("p50, ms", base, side.windows(), Window::p50);
      print("p99, ms", base, side.windows(), Window::p99);
    }
  }

  private static void print(String what, List<Window> base, List<Window> windows, ToDoubleFunction<Window> of) {
    List<Double> values = windows.stream().mapToDouble(of).boxed().toList();
    List<Double> ratios = IntStream.range(0, base.size())
        .mapToObj(i -> of.applyAsDouble(windows.get(i)) / of.applyAsDouble(base.get(i))).toList();
    System.out.printf(Locale.ROOT, "  %-34s %10.2f  (%8.2f to %8.2f)   x %.2f (%.2f to %.2f)%n", what,
        Shares.of(values, 0.5), Shares.of(values, 0.25), Shares.of(values, 0.75),
        Shares.of(ratios, 0.5), Shares.of(ratios, 0.25), Shares.of(ratios, 0.75));
  }
}
