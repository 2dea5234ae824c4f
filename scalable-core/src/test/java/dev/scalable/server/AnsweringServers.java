package dev.scalable.server;

import dev.scalable.http.ErrorMapper;
import dev.scalable.http.Lookup;
import dev.scalable.http.Problem;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Two servers, which run handlers on the one and on the other kind of threads, with routes for all that may happen. */
final class AnsweringServers implements AutoCloseable {

  /** The header of a body in JSON. */
  static final String JSON = "Content-Type: application/json";

  private record Item(String name, int count) {
    @SuppressWarnings("UnusedMethod") // the codec calls it
    Item {
      if (count < 0) {
        throw new IllegalArgumentException("count must not be negative");
      }
    }
  }

  private record Unencodable(String name) {
    @Override
    @SuppressWarnings("UnusedMethod") // the codec calls it
    public String name() {
      throw new IllegalStateException("secret of the house");
    }
  }

  private static final Lookup<String, String> AT_HAND = new Lookup<>() {
    @Override
    public Found<String> peek(String key) {
      throw new StackOverflowError("secret of the house");
    }

    @Override
    public String get(String key) {
      return key;
    }
  };

  private static final Set<Route> ROUTES = Set.of(
      Route.get("/", r -> Response.text("root")),
      Route.get("/things/{id}", r -> Response.text("thing " + r.pathLong("id"))),
      Route.get("/things/first", r -> Response.text("the first thing")),
      Route.get("/uuids/{id}", r -> Response.text(r.pathUuid("id").toString())),
      Route.get("/echo/{text}", r -> Response.text(r.path("text"))),
      Route.get("/page", r -> Response.text("page " + r.queryLong("n", 1, 1, 100))),
      Route.get("/query", r -> Response.text(r.query("a").orElse("(none)"))),
      Route.get("/head", r -> Response.text("seen " + r.header("x-seen").orElse("nothing"))),
      Route.delete("/things/{id}", r -> Response.noContent()),
      Route.post("/items", Item.class, (r, item) -> Response.created("/items/1", item)),
      Route.put("/small", Item.class, (r, item) -> Response.ok(item)).withMaxBody(20),
      Route.get("/exception", r -> {
        throw new IllegalStateException("secret of the house");
      }),
      Route.get("/error", r -> {
        throw new AssertionError("secret of the house");
      }),
      Route.get("/failing-key", AT_HAND, r -> {
        throw new AssertionError("secret of the house");
      }, Response::text),
      Route.get("/failing-lookup/{key}", AT_HAND, r -> r.path("key"), Response::text),
      Route.get("/held", r -> {
        new CountDownLatch(1).await();
        return Response.noContent();
      }).withTimeout(Duration.ofSeconds(2)),
      Route.get("/checked", r -> {
        throw new IOException("secret of the house");
      }),
      Route.get("/mapped", r -> {
        throw new UncheckedIOException(new IOException("secret of the house"));
      }),
      Route.get("/rejected", r -> {
        throw new RejectedExecutionException("secret of the house");
      }),
      Route.get("/framed", r -> Response.text("x").header("content-length", "7")),
      Route.get("/framed-problem", r -> {
        throw Problem.conflict("see the header").header("Transfer-Encoding", "chunked");
      }),
      Route.get("/overflow", r -> Response.ok(deeper(0))),
      Route.get("/unencodable", r -> Response.ok(new Unencodable("x"))),
      Route.get("/teapot", r -> {
        throw Problem.of(418, "I'm a Teapot", "short and stout").type("https://example.org/teapot").with("spouts", 1)
            .header("X-Tea", "oolong");
      }),
      Route.get("/unencodable-problem", r -> {
        throw Problem.conflict("see the extension").with("extension", new Unencodable("x"));
      }),
      Route.get("/unmappable", r -> {
        throw new UnsupportedOperationException("secret of the house");
      }),
      Route.get("/unsendable-header", r -> {
        throw Problem.conflict("see the header").header("X-Split", "a\r\nX-Forged: b");
      }),
      Route.get("/not-modified", r -> Response.status(304)),
      Route.get("/no-content-with-body", r -> Response.json(204, "not to be sent")));

  private final Map<ServerSettings.Threads, TestServer> servers = new EnumMap<>(ServerSettings.Threads.class);

  AnsweringServers() {
    for (ServerSettings.Threads threads : ServerSettings.Threads.values()) {
      servers.put(threads, TestServer.start(TestServer.settings(threads), ROUTES,
          ErrorMapper.of(UnsupportedOperationException.class, e -> {
            throw new IllegalStateException("a mapper that fails");
          }),
          ErrorMapper.of(UncheckedIOException.class, e -> Problem.of(502, "Bad Gateway", "Somebody else failed"))));
    }
  }

  @SuppressWarnings("InfiniteRecursion") // that is what it is for
  private static int deeper(int depth) {
    return deeper(depth + 1) + 1;
  }

  Wire connect(ServerSettings.Threads threads) throws IOException {
    return Objects.requireNonNull(servers.get(threads)).connect();
  }

  /** Each row for each of the two, which stands before its cells. */
  static Stream<Arguments> onBothThreads(Object[]... rows) {
    return Stream.of(ServerSettings.Threads.values())
        .flatMap(threads -> Stream.of(rows).map(row -> {
          Object[] all = new Object[row.length + 1];
          all[0] = threads;
          System.arraycopy(row, 0, all, 1, row.length);
          return Arguments.of(all);
        }));
  }

  static Object[] row(Object... cells) {
    return cells;
  }

  @Override
  public void close() throws Exception {
    for (TestServer server : servers.values()) {
      server.close();
    }
  }
}
