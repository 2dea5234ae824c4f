package dev.scalable.server;

import static dev.scalable.server.Wire.get;
import static dev.scalable.server.Wire.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.scalable.http.EntityTag;
import dev.scalable.http.Problem;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** Bodies that are made while they are sent. */
class StreamedAnswersTest {

  @TempDir
  private Path folder;

  private static void lines(OutputStream out, int from, int to) throws IOException {
    for (int i = from; i < to; i++) {
      out.write(("line " + i + "\n").getBytes(StandardCharsets.US_ASCII));
    }
  }

  private static String lines(int to) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < to; i++) {
      text.append("line ").append(i).append('\n');
    }
    return text.toString();
  }

  @ParameterizedTest
  @EnumSource
  void a_large_body_arrives_whole_in_chunks_or_with_its_length(ServerSettings.Threads threads) throws Exception {
    String expected = lines(100_000);
    try (TestServer server = TestServer.start(threads,
        Route.get("/chunks", r -> Response.stream("text/plain", out -> lines(out, 0, 100_000))),
        Route.get("/length", r -> Response.stream("text/plain", expected.length(), out -> lines(out, 0, 100_000))),
        Route.get("/inline", r -> Response.stream("text/plain", out -> lines(out, 0, 100_000))).inline());
        Wire wire = server.connect()) {
      for (String path : new String[] {"/chunks", "/inline"}) {
        assertThat(wire.ask(get(path))).satisfies(answer -> {
          assertThat(answer.header("Transfer-Encoding")).contains("chunked");
          assertThat(answer.body()).isEqualTo(expected);
          assertThat(answer.header("X-Request-Id")).isPresent();
        });
      }
      assertThat(wire.ask(get("/length"))).satisfies(answer -> {
        assertThat(answer.header("Content-Length")).contains("" + expected.length());
        assertThat(answer.body()).isEqualTo(expected);
      });
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_flush_sends_what_there_is(ServerSettings.Threads threads) throws Exception {
    CompletableFuture<Boolean> seen = new CompletableFuture<>();
    try (TestServer server = TestServer.start(threads, Route.get("/", r -> Response.stream("text/plain", out -> {
      out.write('a');
      out.flush();
      seen.get(10, TimeUnit.SECONDS);
      out.write('b');
    }))); Wire wire = server.connect()) {
      wire.send(get("/"));
      assertThat(wire.answerHead().status()).isEqualTo(200);
      assertThat(wire.chunk()).isEqualTo("a");
      seen.complete(true);
      assertThat(wire.chunk()).isEqualTo("b");
      assertThat(wire.chunk()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void head_has_the_headers_of_get_and_does_not_ask_for_the_body(ServerSettings.Threads threads) throws Exception {
    AtomicLong asked = new AtomicLong();
    try (TestServer server = TestServer.start(threads,
        Route.get("/chunks", r -> Response.stream("text/plain", out -> asked.incrementAndGet())),
        Route.get("/length", r -> Response.stream("text/plain", 7, out -> asked.incrementAndGet())),
        Route.get("/after", r -> Response.text("after"))); Wire wire = server.connect()) {
      assertThat(wire.send(head("HEAD /length")).answer(false).header("Content-Length")).contains("7");
      assertThat(wire.send(head("HEAD /chunks")).answer(false).headers()).anyMatch(line -> line.startsWith("Transfer-Encoding: chunked"))
          .noneMatch(line -> line.startsWith("Content-Length"));
      assertThat(wire.ask(get("/after")).body()).isEqualTo("after");
      assertThat(asked).hasValue(0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_file_is_sent_with_its_length_and_one_that_is_not_there_is_an_error(ServerSettings.Threads threads)
      throws Exception {
    Path file = folder.resolve("large.txt");
    Files.writeString(file, lines(50_000));
    try (TestServer server = TestServer.start(threads, Route.get("/file", r -> Response.file("text/plain", file)
        .withTag(EntityTag.ofVersion(7))), Route.get("/none", r -> Response.file("text/plain", folder.resolve("none"))));
        Wire wire = server.connect()) {
      assertThat(wire.ask(get("/file"))).satisfies(answer -> {
        assertThat(answer.header("Content-Length")).contains("" + lines(50_000).length());
        assertThat(answer.body()).isEqualTo(lines(50_000));
      });
      assertThat(wire.ask(get("/file", "If-None-Match: \"7\"")).status()).isEqualTo(304);
      assertThat(wire.ask(get("/none"))).satisfies(answer -> {
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.body()).doesNotContain("none", "large");
      });
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_failure_before_anything_has_left_is_an_ordinary_error(ServerSettings.Threads threads) throws Exception {
    try (TestServer server = TestServer.start(threads, Route.get("/problem", r -> Response.stream("text/plain", out -> {
      lines(out, 0, 5);
      throw Problem.conflict("not now");
    })), Route.get("/short", r -> Response.stream("text/plain", 10, out -> out.write('a'))),
        Route.get("/long", r -> Response.stream("text/plain", 1, out -> lines(out, 0, 2))),
        Route.get("/after", r -> Response.text("after"))); Wire wire = server.connect()) {
      assertThat(wire.ask(get("/problem")).status()).isEqualTo(409);
      assertThat(wire.ask(get("/short")).status()).isEqualTo(500);
      assertThat(wire.ask(get("/long")).status()).isEqualTo(500);
      assertThat(wire.ask(get("/after")).body()).isEqualTo("after");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_failure_in_the_middle_cuts_the_connection_so_that_half_is_not_taken_for_all(ServerSettings.Threads threads)
      throws Exception {
    try (TestServer server = TestServer.start(threads, Route.get("/", r -> Response.stream("text/plain", out -> {
      lines(out, 0, 10_000);
      throw new IllegalStateException("in the middle");
    }))); Wire wire = server.connect()) {
      assertThat(loggedDuring(() -> assertThatThrownBy(() -> wire.ask(get("/"))).isInstanceOf(IOException.class)))
          .singleElement().satisfies(line -> assertThat(line.getThrowableProxy().getMessage()).isEqualTo("in the middle"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatever_a_handler_throws_is_one_line_of_the_log(ServerSettings.Threads threads) throws Exception {
    try (TestServer server = TestServer.start(threads, Route.get("/error", r -> {
      throw new AssertionError("an error");
    }), Route.get("/before", r -> Response.stream("text/plain", out -> {
      throw new StackOverflowError("before anything");
    }))); Wire wire = server.connect()) {
      for (String path : List.of("/error", "/before")) {
        assertThat(loggedDuring(() -> assertThat(wire.ask(get(path)).status()).isEqualTo(500))).as(path)
            .singleElement().satisfies(line -> assertThat(line.getThrowableProxy()).isNotNull());
      }
    }
  }

  /** The warnings and errors of what is done; waits for the first, which may come when its client has its answer. */
  private static List<ILoggingEvent> loggedDuring(ThrowableAssert.ThrowingCallable action) throws Exception {
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.list = new CopyOnWriteArrayList<>();
    Logger log = (Logger) LoggerFactory.getLogger("dev.scalable");
    lines.start();
    log.addAppender(lines);
    try {
      action.call();
      await().until(() -> lines.list.stream().anyMatch(StreamedAnswersTest::isLoud));
    } catch (Throwable e) {
      throw new AssertionError(e);
    } finally {
      log.detachAppender(lines);
    }
    return lines.list.stream().filter(StreamedAnswersTest::isLoud).toList();
  }

  private static boolean isLoud(ILoggingEvent line) {
    return line.getLevel().isGreaterOrEqual(Level.WARN);
  }

  @ParameterizedTest
  @EnumSource
  void the_writer_goes_no_faster_than_its_client_and_is_told_when_that_has_gone(ServerSettings.Threads threads)
      throws Exception {
    AtomicLong written = new AtomicLong();
    CompletableFuture<Exception> end = new CompletableFuture<>();
    byte[] block = new byte[16 * 1024];
    try (TestServer server = TestServer.start(threads, Route.get("/", r -> Response.stream("text/plain", out -> {
      try {
        while (true) {
          out.write(block);
          written.addAndGet(block.length);
        }
      } catch (IOException e) {
        end.complete(e);
        throw e;
      }
    })))) {
      try (Wire wire = server.connect()) {
        wire.send(get("/"));
        assertThat(wire.answerHead().status()).isEqualTo(200);
        // It stands still when the buffers of both sockets are full; they are some megabytes at most.
        long[] last = {-1};
        await().pollInterval(Duration.ofMillis(300)).atMost(Duration.ofSeconds(20)).until(() -> {
          long before = last[0];
          last[0] = written.get();
          return before == last[0];
        });
        assertThat(written.get()).isLessThan(64L * 1024 * 1024);
        long stood = written.get();
        byte[] some = new byte[1024 * 1024];
        for (long read = 0; read < 16L * 1024 * 1024; ) {
          read += wire.some(some);
        }
        await().until(() -> written.get() > stood);
      }
      assertThat(end.get(20, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_writer_that_pauses_for_longer_than_its_client_may_is_not_cut_off(ServerSettings.Threads threads)
      throws Exception {
    ServerSettings hurry = TestServer.settings(threads, "SCALABLE_HTTP_WRITE_TIMEOUT", "100ms");
    CountDownLatch never = new CountDownLatch(1);
    try (TestServer server = TestServer.start(hurry, Set.of(Route.get("/", r -> Response.stream("text/plain", out -> {
      for (char c = 'a'; c < 'd'; c++) {
        out.write(c);
        out.flush();
        assertThat(never.await(300, TimeUnit.MILLISECONDS)).isFalse();
      }
    })))); Wire wire = server.connect()) {
      assertThat(wire.ask(get("/")).body()).isEqualTo("abc");
      assertThat(wire.ask(get("/")).body()).as("the same connection").isEqualTo("abc");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_client_that_takes_nothing_of_what_waits_for_it_is_cut_off(ServerSettings.Threads threads) throws Exception {
    ServerSettings hurry = TestServer.settings(threads, "SCALABLE_HTTP_WRITE_TIMEOUT", "200ms");
    byte[] block = new byte[16 * 1024];
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    try (TestServer server = TestServer.start(hurry, Set.of(
        Route.get("/stream", r -> Response.stream("text/plain", out -> {
          try {
            while (true) {
              out.write(block);
            }
          } catch (IOException e) {
            end.complete(e);
            throw e;
          }
        })),
        Route.get("/bytes", r -> new Response(200, List.of(),
            new Response.Body.Bytes("text/plain", new byte[32 * 1024 * 1024])))));
        Wire stream = server.connect(); Wire bytes = server.connect()) {
      stream.send(get("/stream"));
      bytes.send(get("/bytes"));
      assertThat(end.get(20, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
      await().atMost(Duration.ofSeconds(20)).until(() -> server.openConnections() == 0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void the_deadline_holds_until_the_first_bytes_leave_and_not_after(ServerSettings.Threads threads) throws Exception {
    ServerSettings hurry = TestServer.settings(threads, "SCALABLE_HTTP_REQUEST_TIMEOUT", "300ms");
    CountDownLatch never = new CountDownLatch(1);
    try (TestServer server = TestServer.start(hurry, Set.of(Route.get("/late", r -> Response.stream("text/plain", out -> {
      out.write('a');
      never.await();
    })), Route.get("/slow", r -> Response.stream("text/plain", out -> {
      out.write('a');
      out.flush();
      assertThat(never.await(700, TimeUnit.MILLISECONDS)).isFalse();
      out.write('b');
    })))); Wire wire = server.connect()) {
      assertThat(wire.ask(get("/slow")).body()).isEqualTo("ab");
      assertThat(wire.ask(get("/late")).status()).isEqualTo(504);
      assertThat(wire.ask(get("/slow")).body()).isEqualTo("ab");
    }
  }
}
