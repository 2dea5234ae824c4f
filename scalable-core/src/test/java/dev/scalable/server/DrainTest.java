package dev.scalable.server;

import static dev.scalable.server.Wire.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.scalable.health.Readiness;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.json.JsonModule;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of requests, connections and threads when time is up: a request's, or the server's. */
class DrainTest {

  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch go = new CountDownLatch(1);
  private final AtomicReference<String> end = new AtomicReference<>("none");

  private final Route wait = Route.get("/wait", r -> {
    entered.countDown();
    try {
      go.await();
    } catch (InterruptedException e) {
      end.set("interrupted");
      throw e;
    }
    return Response.text("waited");
  });
  private final Route quick = Route.get("/quick", r -> Response.text("quick"));

  /** After each test: whatever was in flight, nothing of the server may be left. */
  @AfterEach
  void no_thread_is_left() {
    await().untilAsserted(() -> assertThat(threads()).isEmpty());
  }

  private static Set<String> threads() {
    return Thread.getAllStackTraces().keySet().stream().map(Thread::getName)
        .filter(name -> name.startsWith("http ") || name.startsWith("handler-")).collect(Collectors.toCollection(TreeSet::new));
  }

  private static FutureTask<Duration> inBackground(TestServer server) {
    FutureTask<Duration> stop = new FutureTask<>(() -> {
      long began = System.nanoTime();
      server.close();
      return Duration.ofNanos(System.nanoTime() - began);
    });
    Thread.ofPlatform().start(stop);
    return stop;
  }

  @ParameterizedTest
  @EnumSource
  void a_connection_that_has_carried_no_request_yet_is_waited_for(ServerSettings.Threads threads) throws Exception {
    TestServer server = TestServer.start(threads, quick);
    try (Wire silent = server.connect()) {
      await().until(() -> server.openConnections() == 1);
      int port = server.port();
      FutureTask<Duration> stop = inBackground(server);
      await().untilAsserted(() -> assertThatThrownBy(() -> new Wire(port).close()).isInstanceOf(ConnectException.class));

      Wire.Answer answer = silent.ask(get("/quick"));

      assertThat(answer.body()).isEqualTo("quick");
      assertThat(answer.closes()).isTrue();
      stop.get();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_request_in_flight_is_answered_and_an_open_connection_served_once_more(ServerSettings.Threads threads) throws Exception {
    TestServer server = TestServer.start(threads, wait, quick);
    try (Wire busy = server.connect(); Wire idle = server.connect()) {
      assertThat(idle.ask(get("/quick")).closes()).isFalse();
      busy.send(get("/wait"));
      entered.await();
      int port = server.port();
      FutureTask<Duration> stop = inBackground(server);
      await().untilAsserted(() -> assertThatThrownBy(() -> new Wire(port).close()).isInstanceOf(ConnectException.class));
      assertThat(server.readiness()).isEqualTo(Readiness.State.DRAINING);
      Wire.Answer last = idle.ask(get("/quick"));
      assertThat(last.body()).isEqualTo("quick");
      assertThat(last.closes()).isTrue();
      assertThat(idle.rest()).isEmpty();
      assertThat(stop.isDone()).as("while a request is in flight").isFalse();
      go.countDown();
      Wire.Answer waited = busy.answer();
      assertThat(waited.body()).isEqualTo("waited");
      assertThat(waited.closes()).isTrue();
      assertThat(stop.get()).isLessThan(Duration.ofSeconds(5));
    }
  }

  @ParameterizedTest
  @EnumSource
  void nothing_is_waited_for_when_nothing_is_connected(ServerSettings.Threads threads) throws Exception {
    TestServer server = TestServer.start(threads, quick);
    try (Wire wire = server.connect()) {
      wire.ask(get("/quick"));
    }
    assertThat(inBackground(server).get()).isLessThan(Duration.ofSeconds(2));
  }

  @ParameterizedTest
  @EnumSource
  void a_request_that_outlasts_the_drain_is_interrupted_and_its_connection_ends(ServerSettings.Threads threads) throws Exception {
    ServerSettings usual = TestServer.settings(threads);
    TestServer server = TestServer.start(new ServerSettings(usual.host(), 0, "test-1", threads, usual.requestTimeout(),
        usual.bodyTimeout(), 1_000, usual.idleTimeout(), Duration.ZERO, Duration.ofMillis(200), ""), Set.of(wait));
    try (Wire wire = server.connect()) {
      wire.send(get("/wait"));
      entered.await();
      assertThat(inBackground(server).get()).isBetween(Duration.ofMillis(200), Duration.ofSeconds(4));
      assertThat(wire.rest()).isEmpty();
      await().untilAsserted(() -> assertThat(end).hasValue("interrupted"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_handler_that_is_too_slow_is_interrupted_and_answered_504(ServerSettings.Threads threads) throws Exception {
    try (TestServer server = TestServer.start(threads, wait.withTimeout(Duration.ofMillis(150)), quick);
        Wire wire = server.connect()) {
      Wire.Answer answer = wire.ask(get("/wait"));
      assertThat(answer.status()).isEqualTo(504);
      assertThat(answer.header("Content-Type")).contains("application/problem+json");
      assertThat(wire.ask(get("/quick")).body()).as("the connection goes on").isEqualTo("quick");
      await().untilAsserted(() -> assertThat(end).hasValue("interrupted"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_handler_that_outlives_its_deadline_disturbs_nobody(ServerSettings.Threads threads) throws Exception {
    Route deaf = Route.get("/deaf", r -> {
      boolean waiting = true;
      while (waiting) {
        try {
          go.await();
          waiting = false;
        } catch (InterruptedException e) {
          end.set("deaf");
        }
      }
      return Response.text("too late");
    }).withTimeout(Duration.ofMillis(100));
    try (TestServer server = TestServer.start(threads, deaf, quick); Wire wire = server.connect()) {
      assertThat(wire.ask(get("/deaf")).status()).isEqualTo(504);
      await().untilAsserted(() -> assertThat(end).hasValue("deaf"));
      go.countDown();
      for (int i = 0; i < 20; i++) {
        assertThat(wire.ask(get("/quick")).body()).isEqualTo("quick");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_port_that_is_taken_is_named_and_nothing_is_left_running(ServerSettings.Threads threads) throws Exception {
    try (TestServer first = TestServer.start(threads, quick)) {
      ServerSettings usual = TestServer.settings(threads);
      HttpServer second = new HttpServer(new ServerSettings(usual.host(), first.port(), "test-2", threads, usual.requestTimeout(),
          usual.bodyTimeout(), 1_000, usual.idleTimeout(), Duration.ZERO, usual.drainTimeout(), ""), Set.of(), Optional.empty(),
          Set.of(), JsonModule.jsonCodec(), new Readiness(), Set.of());
      assertThatThrownBy(second::start).isInstanceOf(IOException.class)
          .hasMessageContaining("cannot listen on 127.0.0.1:" + first.port()).hasMessageContaining("SCALABLE_HTTP_PORT");
      second.stop();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_host_that_is_unknown_is_named(ServerSettings.Threads threads) throws Exception {
    ServerSettings usual = TestServer.settings(threads);
    HttpServer server = new HttpServer(new ServerSettings("no-such-host.invalid", 0, "test-2", threads, usual.requestTimeout(),
        usual.bodyTimeout(), 1_000, usual.idleTimeout(), Duration.ZERO, usual.drainTimeout(), ""), Set.of(), Optional.empty(),
        Set.of(), JsonModule.jsonCodec(), new Readiness(), Set.of());
    assertThatThrownBy(server::start).isInstanceOf(IOException.class).hasMessageContaining("no-such-host.invalid");
    server.stop();
  }
}
