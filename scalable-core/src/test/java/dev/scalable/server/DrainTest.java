package dev.scalable.server;

import static dev.scalable.server.Wire.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.scalable.health.Readiness;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.json.JsonModule;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

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

  /** A server's stop on a thread of its own. */
  private record Stop(TestServer server, Thread thread, FutureTask<Duration> task) {

    static Stop of(TestServer server) {
      FutureTask<Duration> task = new FutureTask<>(() -> {
        long began = System.nanoTime();
        server.close();
        return Duration.ofNanos(System.nanoTime() - began);
      });
      return new Stop(server, Thread.ofPlatform().start(task), task);
    }

    /** Until new connections are refused and each answer ends its own. */
    void awaitRefusing() {
      int port = server.port();
      await().until(server::refusing);
      assertThatThrownBy(() -> new Wire(port).close()).isInstanceOf(ConnectException.class);
    }

    /** Until it can go no further without another thread. */
    void awaitWaiting() {
      await().until(() -> Set.of(Thread.State.WAITING, Thread.State.TIMED_WAITING).contains(thread.getState()));
    }

    Duration took() throws Exception {
      return task.get();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_connection_that_has_carried_no_request_yet_is_waited_for(ServerSettings.Threads threads) throws Exception {
    TestServer server = TestServer.start(threads, quick);
    try (Wire silent = server.connect()) {
      await().until(() -> server.openConnections() == 1);
      Stop stop = Stop.of(server);
      stop.awaitRefusing();

      Wire.Answer answer = silent.ask(get("/quick"));

      assertThat(answer.body()).isEqualTo("quick");
      assertThat(answer.closes()).isTrue();
      stop.took();
    }
  }

  /** Held up: the accept thread, so that connections wait in the kernel; the IO threads, so that they wait for those. */
  @ParameterizedTest
  @ValueSource(strings = {"http Accept", "http I/O-"})
  void a_connection_made_before_the_drain_is_answered_though_nobody_has_taken_it_yet(String held) throws Exception {
    TestServer server = TestServer.start(TestServer.threads(), quick);
    List<Wire> made = new ArrayList<>();
    try (Held threads = Held.named(held)) {
      // More than XNIO accepts in one go.
      for (int i = 0; i < 300; i++) {
        made.add(server.connect());
      }
      Stop stop = Stop.of(server);
      stop.awaitWaiting();
      threads.close();
      stop.awaitRefusing();
      for (Wire wire : made) {
        wire.send(get("/quick"));
      }
      for (Wire wire : made) {
        Wire.Answer answer = wire.answer();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.closes()).isTrue();
      }
      stop.took();
    } finally {
      for (Wire wire : made) {
        wire.close();
      }
    }
  }

  @Test
  void no_answer_ends_its_connection_while_a_new_one_would_still_be_let_in() throws Exception {
    TestServer server = TestServer.start(TestServer.threads(), quick);
    try (Wire wire = server.connect()) {
      wire.ask(get("/quick"));
      Stop stop;
      try (Held accept = Held.named("http Accept")) {
        stop = Stop.of(server);
        stop.awaitWaiting();
        assertThat(server.readiness()).isEqualTo(Readiness.State.DRAINING);
        assertThat(wire.ask(get("/quick")).closes()).isFalse();
      }
      stop.awaitRefusing();
      assertThat(wire.ask(get("/quick")).closes()).isTrue();
      stop.took();
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
      Stop stop = Stop.of(server);
      stop.awaitRefusing();
      assertThat(server.readiness()).isEqualTo(Readiness.State.DRAINING);
      Wire.Answer last = idle.ask(get("/quick"));
      assertThat(last.body()).isEqualTo("quick");
      assertThat(last.closes()).isTrue();
      assertThat(idle.rest()).isEmpty();
      assertThat(stop.task().isDone()).as("while a request is in flight").isFalse();
      go.countDown();
      Wire.Answer waited = busy.answer();
      assertThat(waited.body()).isEqualTo("waited");
      assertThat(waited.closes()).isTrue();
      assertThat(stop.took()).isLessThan(Duration.ofSeconds(5));
    }
  }

  @ParameterizedTest
  @EnumSource
  void nothing_is_waited_for_when_nothing_is_connected(ServerSettings.Threads threads) throws Exception {
    Duration shortest = Duration.ofDays(1);
    // The machine may be busy with something else; the best of some says what the server needs.
    for (int i = 0; i < 10; i++) {
      TestServer server = TestServer.start(threads, quick);
      try (Wire wire = server.connect()) {
        wire.ask(get("/quick"));
      }
      await().until(() -> server.openConnections() == 0);
      Duration took = Stop.of(server).took();
      shortest = took.compareTo(shortest) < 0 ? took : shortest;
    }
    assertThat(shortest).isLessThan(Duration.ofMillis(100));
  }

  @Test
  void a_stop_that_was_done_does_nothing_when_it_is_done_again() throws Exception {
    TestServer server = TestServer.start(TestServer.threads(), quick);
    try (Wire wire = server.connect()) {
      wire.ask(get("/quick"));
    }
    server.close();
    Stop again = Stop.of(server);
    assertThat(again.task().get(5, TimeUnit.SECONDS)).isLessThan(Duration.ofSeconds(5));
  }

  @ParameterizedTest
  @EnumSource
  void a_request_that_outlasts_the_drain_is_one_line_that_says_so_and_no_error(ServerSettings.Threads threads) throws Exception {
    Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    // Before it starts, or else the first line could come before the list is there.
    lines.list = new CopyOnWriteArrayList<>();
    lines.start();
    root.addAppender(lines);
    try {
      TestServer server = TestServer.start(TestServer.settings(threads, "SCALABLE_DRAIN_TIMEOUT", "100ms"), Set.of(wait));
      try (Wire wire = server.connect()) {
        wire.send(get("/wait"));
        entered.await();
        Stop.of(server).took();
        await().untilAsserted(() -> assertThat(lines.list).extracting(ILoggingEvent::getFormattedMessage)
            .filteredOn(line -> line.contains("GET /wait")).singleElement().asString()
            .contains("was interrupted, since the drain was over"));
      }
    } finally {
      root.detachAppender(lines);
    }
    assertThat(lines.list).noneMatch(line -> line.getLevel() == Level.ERROR);
  }

  @ParameterizedTest
  @EnumSource
  void a_request_that_outlasts_the_drain_is_interrupted_and_its_connection_ends(ServerSettings.Threads threads) throws Exception {
    TestServer server = TestServer.start(TestServer.settings(threads, "SCALABLE_DRAIN_TIMEOUT", "200ms"), Set.of(wait));
    try (Wire wire = server.connect()) {
      wire.send(get("/wait"));
      entered.await();
      assertThat(Stop.of(server).took()).isBetween(Duration.ofMillis(200), Duration.ofSeconds(4));
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
      HttpServer second = TestServer.of(
          TestServer.settings(threads, "SCALABLE_HTTP_PORT", String.valueOf(first.port())));
      assertThatThrownBy(second::start).isInstanceOf(IOException.class)
          .hasMessageContaining("cannot listen on 127.0.0.1:" + first.port()).hasMessageContaining("SCALABLE_HTTP_PORT");
      second.stop();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_host_that_is_unknown_is_named(ServerSettings.Threads threads) throws Exception {
    HttpServer server = TestServer.of(TestServer.settings(threads, "SCALABLE_HTTP_HOST", "no-such-host.invalid"));
    assertThatThrownBy(server::start).isInstanceOf(IOException.class).hasMessageContaining("no-such-host.invalid");
    server.stop();
  }
}
