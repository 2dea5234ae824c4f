package dev.scalable.server;

import static dev.scalable.server.Wire.get;
import static dev.scalable.server.Wire.head;
import static dev.scalable.server.Wire.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.scalable.http.Method;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.testkit.cluster.AppSpec;
import dev.scalable.testkit.cluster.Cluster;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** Clients that go away while their request is worked on. */
class ClientLeavesTest {

  private final Queue<RequestObserver.Ended> told = new ConcurrentLinkedQueue<>();
  private final Semaphore entered = new Semaphore(0);
  private final CountDownLatch release = new CountDownLatch(1);
  private final CompletableFuture<String> end = new CompletableFuture<>();
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
  private final Logger watch = (Logger) LoggerFactory.getLogger(ClientWatch.class);

  @BeforeEach
  void listen() {
    lines.setContext((LoggerContext) LoggerFactory.getILoggerFactory());
    lines.start();
    root.addAppender(lines);
    watch.setLevel(Level.DEBUG);
  }

  @AfterEach
  void stopListening() {
    watch.setLevel(null);
    root.detachAppender(lines);
  }

  private TestServer server(ServerSettings.Threads threads, Route... routes) {
    return TestServer.observed(TestServer.settings(threads), Set.of(routes), (method, route) -> told::add);
  }

  private Response hold() {
    entered.release();
    try {
      boolean unused = release.await(20, TimeUnit.SECONDS);
      end.complete("held to the end");
    } catch (InterruptedException e) {
      end.complete("interrupted");
    }
    return Response.text("done");
  }

  private RequestObserver.Ended last() {
    await().until(() -> !told.isEmpty());
    return told.element();
  }

  private boolean noticed() {
    return List.copyOf(lines.list).stream().anyMatch(line -> line.getMessage().contains("has lost its client"));
  }

  @ParameterizedTest
  @EnumSource
  void a_handler_whose_client_leaves_goes_on_to_its_end_and_counts_as_499(ServerSettings.Threads threads)
      throws Exception {
    try (TestServer server = server(threads, Route.post("/hold", String.class, (r, body) -> hold()))) {
      try (Wire wire = server.connect()) {
        wire.send(json("POST /hold", "\"x\""));
        entered.acquire();
      }
      await().until(this::noticed);
      assertThat(end).as("the handler was left alone").isNotDone();
      release.countDown();
      RequestObserver.Ended ended = last();
      assertThat(ended.status()).isEqualTo(499);
      assertThat(ended.route()).isEqualTo("/hold");
      assertThat(end.get(5, TimeUnit.SECONDS)).isEqualTo("held to the end");
      assertThat(List.copyOf(lines.list)).noneMatch(line -> line.getLevel().isGreaterOrEqual(Level.WARN));
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_client_that_has_only_ended_its_side_gets_its_answer(ServerSettings.Threads threads) throws Exception {
    try (TestServer server = server(threads, Route.get("/hold", r -> hold())); Wire wire = server.connect()) {
      wire.send(get("/hold"));
      entered.acquire();
      wire.endSending();
      await().until(this::noticed);
      release.countDown();
      assertThat(wire.answer().body()).isEqualTo("done");
      assertThat(last().status()).isEqualTo(499);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_client_that_sends_its_next_request_meanwhile_is_answered_both(ServerSettings.Threads threads)
      throws Exception {
    try (TestServer server = server(threads, Route.get("/hold", r -> hold()),
        Route.get("/next", r -> Response.text("next")));
        Wire wire = server.connect()) {
      wire.send(get("/hold"));
      entered.acquire();
      wire.send(get("/next") + get("/next"));
      release.countDown();
      assertThat(wire.answer().body()).isEqualTo("done");
      assertThat(wire.answer().body()).isEqualTo("next");
      assertThat(wire.answer().body()).isEqualTo("next");
      assertThat(wire.ask(get("/next")).body()).isEqualTo("next");
    }
    await().until(() -> told.size() == 4);
    assertThat(told).allMatch(ended -> ended.status() == 200);
  }

  @ParameterizedTest
  @EnumSource
  void what_writes_a_body_is_interrupted_before_and_after_its_first_bytes(ServerSettings.Threads threads)
      throws Exception {
    for (boolean begun : List.of(false, true)) {
      for (boolean inline : List.of(false, true)) {
        told.clear();
        CompletableFuture<String> over = new CompletableFuture<>();
        Route stream = Route.get("/stream", r -> Response.stream("text/plain", out -> {
          if (begun) {
            out.write('a');
            out.flush();
          }
          entered.release();
          try {
            release.await();
          } catch (InterruptedException e) {
            over.complete("interrupted");
            throw e;
          }
        }));
        try (TestServer server = server(threads, inline ? stream.inline() : stream)) {
          try (Wire wire = server.connect()) {
            wire.send(get("/stream"));
            entered.acquire();
          }
          assertThat(over.get(10, TimeUnit.SECONDS)).isEqualTo("interrupted");
          assertThat(last().status()).isEqualTo(begun ? 200 : 499);
        }
      }
    }
    assertThat(List.copyOf(lines.list)).noneMatch(line -> line.getLevel().isGreaterOrEqual(Level.WARN));
  }

  @ParameterizedTest
  @EnumSource
  void a_thread_that_was_interrupted_for_one_client_serves_the_next(ServerSettings.Threads threads) throws Exception {
    Route stream = Route.get("/stream", r -> Response.stream("text/plain", out -> {
      entered.release();
      release.await();
    }));
    try (TestServer server = TestServer.start(TestServer.settings(threads, "SCALABLE_HTTP_MAX_IN_FLIGHT", "1",
        "SCALABLE_HTTP_QUEUE_TIME", "10s"), Set.of(stream,
            Route.get("/state", r -> Response.text("interrupted: " + Thread.currentThread().isInterrupted()))))) {
      for (int i = 0; i < 20; i++) {
        try (Wire wire = server.connect()) {
          wire.send(get("/stream"));
          entered.acquire();
        }
        try (Wire wire = server.connect()) {
          assertThat(wire.ask(get("/state")).body()).isEqualTo("interrupted: false");
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_stream_of_events_ends_at_once_though_none_is_sent(ServerSettings.Threads threads) throws Exception {
    CompletableFuture<Boolean> closed = new CompletableFuture<>();
    try (TestServer server = server(threads, Route.get("/feed", r -> Response.events(stream -> {
      stream.onClose(() -> closed.complete(true));
      entered.release();
    })))) {
      try (Wire wire = server.connect()) {
        wire.send(get("/feed"));
        entered.acquire();
        assertThat(wire.answerHead().status()).isEqualTo(200);
      }
      // Sooner than the first sign of life, which would find out as well.
      assertThat(closed.get(4, TimeUnit.SECONDS)).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void an_upload_that_is_read_to_its_end_is_watched_from_then_on(ServerSettings.Threads threads) throws Exception {
    try (TestServer server = server(threads, Route.upload(Method.POST, "/up", (r, in) -> {
      in.readAllBytes();
      return hold();
    }))) {
      try (Wire wire = server.connect()) {
        wire.send(head("POST /up", "Content-Length: 3") + "abc");
        entered.acquire();
      }
      await().until(this::noticed);
      release.countDown();
      assertThat(last().status()).isEqualTo(499);
    }
  }

  @Test
  void through_nginx_a_client_that_leaves_is_seen_by_the_instance() throws Exception {
    try (Cluster cluster = Cluster.builder().app(AppSpec.mainClass(ProbedApp.class)).instances(1).start()) {
      try (Wire wire = new Wire(cluster.uri().getPort())) {
        wire.send(get("/held"));
        try (Wire other = new Wire(cluster.instance(1).uri().getPort())) {
          await().until(() -> other.ask(get("/holding")).body().equals("1"));
        }
      }
      await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> assertThat(cluster.instance(1).log().lines())
          .anyMatch(line -> line.contains("\"route\":\"/held\"") && line.contains("\"status\":499")));
      assertThat(cluster.instance(1).log().lines()).noneMatch(line -> line.contains("ERROR"));
    }
  }
}
