package dev.scalable.server;

import static dev.scalable.server.Wire.get;
import static dev.scalable.server.Wire.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.scalable.http.EventStream;
import dev.scalable.http.EventStream.Event;
import dev.scalable.http.Problem;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Streams of events, as clients see them. */
class EventsTest {

  private static final String COMMENT = ":\n\n";

  private final BlockingQueue<EventStream> opened = new LinkedBlockingQueue<>();

  private Route feed() {
    return Route.get("/feed", r -> Response.events(opened::add));
  }

  private EventStream opened() throws InterruptedException {
    EventStream stream = opened.poll(10, TimeUnit.SECONDS);
    assertThat(stream).isNotNull();
    return stream;
  }

  /** Reads chunks until there is as much as expected; how events fall into chunks is nobody's business. */
  private static String read(Wire wire, int length) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.length() < length) {
      text.append(wire.chunk());
    }
    return text.toString();
  }

  private static void expect(Wire wire, String text) throws IOException {
    assertThat(read(wire, text.length())).isEqualTo(text);
  }

  @ParameterizedTest
  @EnumSource
  void a_client_is_told_at_once_that_it_is_connected_and_then_each_event(ServerSettings.Threads threads)
      throws Exception {
    try (TestServer server = TestServer.start(threads, feed()); Wire wire = server.connect()) {
      wire.send(get("/feed"));
      assertThat(wire.answerHead()).satisfies(answer -> {
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).contains("text/event-stream");
        assertThat(answer.header("Cache-Control")).contains("no-store");
        assertThat(answer.header("X-Accel-Buffering")).contains("no");
        assertThat(answer.header("X-Request-Id")).isPresent();
      });
      expect(wire, COMMENT);
      EventStream stream = opened();
      assertThat(stream.send(Event.of("one"))).isTrue();
      expect(wire, "data: one\n\n");
      stream.send(Event.of("two\nlines\r\nand\rmore").withType("price").withId("7").withRetry(Duration.ofSeconds(2)));
      expect(wire, "event: price\nid: 7\nretry: 2000\ndata: two\ndata: lines\ndata: and\ndata: more\n\n");
      stream.close();
      assertThat(wire.chunk()).isEmpty();
      assertThat(stream.send(Event.of("late"))).isFalse();
      assertThat(stream.isOpen()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_the_opener_sends_comes_first_and_it_knows_what_the_client_has_seen(ServerSettings.Threads threads)
      throws Exception {
    Route replay = Route.get("/feed", r -> Response.events(stream -> {
      stream.send(Event.of("after " + stream.lastEventId().orElse("nothing")));
      stream.close();
    }));
    try (TestServer server = TestServer.start(threads, replay)) {
      for (String inline : List.of("", "Last-Event-ID: 41")) {
        try (Wire wire = server.connect()) {
          wire.send(inline.isEmpty() ? get("/feed") : get("/feed", inline));
          assertThat(wire.answer().body().replace(COMMENT, ""))
              .isEqualTo("data: after " + (inline.isEmpty() ? "nothing" : "41") + "\n\n");
          assertThat(wire.rest()).isEmpty();
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_stream_outlives_the_deadline_and_shows_signs_of_life(ServerSettings.Threads threads) throws Exception {
    try (TestServer server = TestServer.start(TestServer.settings(threads, "SCALABLE_HTTP_REQUEST_TIMEOUT", "100ms"), Set.of(feed()));
        Wire wire = server.connect()) {
      wire.send(get("/feed"));
      assertThat(wire.answerHead().status()).isEqualTo(200);
      expect(wire, COMMENT);
      long began = System.nanoTime();
      expect(wire, COMMENT);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(8));
      assertThat(opened().isOpen()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_client_that_goes_is_noticed_and_what_was_asked_for_is_done_once(ServerSettings.Threads threads)
      throws Exception {
    Queue<String> closed = new ConcurrentLinkedQueue<>();
    try (TestServer server = TestServer.start(threads, feed())) {
      EventStream stream;
      try (Wire wire = server.connect()) {
        wire.send(get("/feed"));
        assertThat(wire.answerHead().status()).isEqualTo(200);
        stream = opened();
        stream.onClose(() -> closed.add(Thread.currentThread().getName()));
      }
      await().atMost(Duration.ofSeconds(15)).until(() -> {
        stream.send(Event.of("are you there"));
        return !stream.isOpen();
      });
      await().until(() -> closed.size() == 1);
      assertThat(closed).allMatch(name -> name.startsWith("handler-"));
      stream.close();
      CompletableFuture<Boolean> late = new CompletableFuture<>();
      stream.onClose(() -> late.complete(true));
      assertThat(late.get(5, TimeUnit.SECONDS)).isTrue();
      assertThat(closed).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_client_that_does_not_read_is_cut_off_and_costs_nobody_more_than_its_queue(ServerSettings.Threads threads)
      throws Exception {
    String large = "x".repeat(100_000);
    try (TestServer server = TestServer.start(threads, feed()); Wire slow = server.connect(); Wire other = server.connect()) {
      slow.send(get("/feed"));
      EventStream stream = opened();
      int taken = 0;
      while (taken < 1_000 && stream.send(Event.of(large))) {
        taken++;
      }
      assertThat(taken).as("the buffers of the sockets and 1 MiB").isBetween(10, 999);
      assertThat(stream.isOpen()).isFalse();
      await().until(() -> server.openConnections() <= 1);
      assertThat(other.ask(get("/health/live")).status()).isEqualTo(200);
    }
  }

  /** Each of many clients could have less waiting than it may, and all together more than the heap. */
  @ParameterizedTest
  @EnumSource
  void events_that_wait_for_their_clients_hold_no_more_than_the_budget_of_all_answers(ServerSettings.Threads threads)
      throws Exception {
    String part = "x".repeat(50_000);
    Route large = Route.get("/large", r -> Response.text("x".repeat(200_000)));
    try (TestServer server = TestServer.start(TestServer.settings(threads), Set.of(feed(), large),
        new BodyBudget(600_000)); Wire reads = server.connect(); Wire asks = server.connect()) {
      reads.send(get("/feed"));
      assertThat(reads.answerHead().status()).isEqualTo(200);
      expect(reads, COMMENT);
      EventStream read = opened();
      try (Wire silent = server.connect()) {
        silent.send(get("/feed"));
        EventStream waits = opened();
        while (asks.ask(get("/large")).status() == 200) {
          // On the same connection, so that what that answer took was given back.
          assertThat(asks.ask(get("/health/live")).status()).isEqualTo(200);
          assertThat(waits.send(Event.of(part))).as("cut off before anything of it has counted").isTrue();
        }
        assertThat(read.send(Event.of("what is small"))).isTrue();
        expect(reads, "data: what is small\n\n");
        assertThat(read.send(Event.of("x".repeat(600_000)))).as("what there is no room for").isFalse();
        assertThat(read.isOpen()).isFalse();
      }
      await().until(() -> asks.ask(get("/large")).status() == 200);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_drain_tells_each_client_to_come_back_and_does_not_wait_for_any(ServerSettings.Threads threads)
      throws Exception {
    TestServer server = TestServer.start(threads, feed());
    try (Wire reads = server.connect(); Wire silent = server.connect()) {
      reads.send(get("/feed"));
      silent.send(get("/feed"));
      assertThat(reads.answerHead().status()).isEqualTo(200);
      expect(reads, COMMENT);
      opened();
      opened();
      long began = System.nanoTime();
      server.close();
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(4));
      StringBuilder last = new StringBuilder();
      for (String chunk = reads.chunk(); !chunk.isEmpty(); chunk = reads.chunk()) {
        last.append(chunk);
      }
      assertThat(last.toString()).matches("event: reconnect\nretry: \\d+\ndata: this instance drains\n\n");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_failing_opener_ends_the_stream_and_a_refusal_before_it_is_an_ordinary_one(ServerSettings.Threads threads)
      throws Exception {
    try (TestServer server = TestServer.start(threads, Route.get("/fails", r -> Response.events(stream -> {
      stream.send(Event.of("first"));
      throw new IllegalStateException("secret of the house");
    })), feed().with((request, next) -> {
      throw Problem.of(401, "Unauthorized", "who are you");
    }))) {
      try (Wire wire = server.connect()) {
        assertThat(wire.ask(get("/fails")).body()).contains("data: first\n\n").doesNotContain("secret");
      }
      try (Wire wire = server.connect()) {
        assertThat(wire.ask(get("/feed")).status()).isEqualTo(401);
        assertThat(wire.send(head("HEAD /fails")).answer(false).header("Content-Type")).contains("text/event-stream");
      }
    }
    assertThat(opened).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void many_idle_streams_need_no_thread_each(ServerSettings.Threads threads) throws Exception {
    int many = 300;
    List<Wire> wires = new ArrayList<>();
    try (TestServer server = TestServer.start(threads, Route.get("/feed", r -> Response.events(opened::add)))) {
      for (int i = 0; i < many; i++) {
        Wire wire = server.connect();
        wires.add(wire);
        wire.send(get("/feed"));
        assertThat(wire.answerHead().status()).isEqualTo(200);
        expect(wire, COMMENT);
      }
      await().until(() -> opened.size() == many);
      // More streams than the platform pool has threads, and it still answers.
      try (Wire wire = server.connect()) {
        assertThat(wire.ask(get("/nowhere")).status()).isEqualTo(404);
      }
      opened.forEach(stream -> stream.send(Event.of("to all")));
      for (Wire wire : wires) {
        expect(wire, "data: to all\n\n");
      }
    } finally {
      for (Wire wire : wires) {
        wire.close();
      }
    }
  }

  @Test
  void an_event_cannot_forge_another_field() {
    assertThatIllegalArgumentException().isThrownBy(() -> Event.of("x").withType("a\ndata: forged"));
    assertThatIllegalArgumentException().isThrownBy(() -> Event.of("x").withId("a\rb"));
    assertThatIllegalArgumentException().isThrownBy(() -> Event.of("x").withId("a\0b"));
  }
}
