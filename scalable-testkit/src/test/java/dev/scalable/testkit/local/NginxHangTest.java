package dev.scalable.testkit.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Who takes a connection and says nothing: an instance, as one that was stopped, or a client. Takes the timeout of 10 s, of all of
 * them at the same time.
 */
class NginxHangTest {

  private static final String NO_KEY = "Accept: */*";

  private static final Map<String, String> HEADER_BY_REQUEST =
      Map.of("GET /", NO_KEY, "POST /keyed", "Idempotency-Key: k-1", "POST /plain", NO_KEY);

  private static final Map<String, Future<Outcome>> PATIENT = new TreeMap<>();
  private static final List<Future<Closed>> SLOW = new ArrayList<>();

  private record Outcome(int status, String errorSource, Duration time) {}

  /** What became of a client that stopped in the middle. */
  private record Closed(String received, Duration time, int atInstances) {}

  @BeforeAll
  static void all_begin() {
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      HEADER_BY_REQUEST.forEach((request, header) -> PATIENT.put(request, clients.submit(() -> askHung(request, header))));
      for (String half : List.of("GET /half HTTP/1.1\r\nHost: a\r\nX-Half: ",
          "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf")) {
        SLOW.add(clients.submit(() -> sendHalf(half)));
      }
    }
  }

  @Test
  void what_may_be_sent_twice_is_answered_by_another_instance_after_ten_seconds() throws Exception {
    Map<String, Outcome> outcomes = new TreeMap<>();
    for (Map.Entry<String, Future<Outcome>> entry : PATIENT.entrySet()) {
      outcomes.put(entry.getKey(), entry.getValue().get());
    }

    assertThat(outcomes).extractingByKeys("GET /", "POST /keyed", "POST /plain")
        .extracting(Outcome::status)
        .isEqualTo(List.of(200, 200, 504));
    assertThat(outcomes).extractingByKeys("GET /", "POST /keyed", "POST /plain")
        .extracting(Outcome::errorSource)
        .isEqualTo(List.of("", "", "nginx"));
    assertThat(outcomes.values())
        .allSatisfy(outcome -> assertThat(outcome.time()).isBetween(Duration.ofMillis(9_900), Duration.ofSeconds(15)));
  }

  @Test
  void a_client_that_stops_in_its_headers_or_its_body_is_closed_after_ten_seconds_and_no_instance_is_asked() throws Exception {
    for (Future<Closed> client : SLOW) {
      Closed closed = client.get();
      assertThat(closed.received()).isEmpty();
      assertThat(closed.atInstances()).isZero();
      assertThat(closed.time()).isBetween(Duration.ofMillis(9_500), Duration.ofSeconds(15));
    }
  }

  private static Closed sendHalf(String half) throws IOException {
    try (Upstream upstream = Upstream.answering();
        Nginx nginx = Nginx.before(upstream);
        Wire wire = nginx.connect()) {
      wire.send(half);
      long begin = System.nanoTime();
      String received;
      try {
        received = wire.untilClosed();
      } catch (SocketException reset) {
        received = "";
      }
      Duration time = Duration.ofNanos(System.nanoTime() - begin);
      assertThat(new String(nginx.accessLog(1), StandardCharsets.UTF_8)).contains("\"status\":408");
      return new Closed(received, time, upstream.received().size());
    }
  }

  private static Outcome askHung(String request, String header) throws IOException {
    CountDownLatch over = new CountDownLatch(1);
    try (Upstream hung = Upstream.handling(exchange -> saysNothing(exchange, over));
        Upstream living = Upstream.answering();
        Nginx nginx = Nginx.before(hung, living)) {
      long begin = System.nanoTime();
      Wire.Answer answer = nginx.ask(request, header);
      return new Outcome(answer.status(), answer.header("x-error-source"), Duration.ofNanos(System.nanoTime() - begin));
    } finally {
      over.countDown();
    }
  }

  private static void saysNothing(HttpExchange exchange, CountDownLatch over) {
    try {
      over.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the upstream is being closed
    }
    exchange.close();
  }
}
