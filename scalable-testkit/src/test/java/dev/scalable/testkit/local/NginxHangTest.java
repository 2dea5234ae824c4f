package dev.scalable.testkit.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** An instance that takes a request and says nothing, as one that was stopped. Takes the read timeout of 10 s. */
class NginxHangTest {

  private static final String NO_KEY = "Accept: */*";

  private record Outcome(int status, String errorSource, Duration time) {}

  @Test
  void what_may_be_sent_twice_is_answered_by_another_instance_after_ten_seconds() throws Exception {
    Map<String, String> headerByRequest =
        Map.of("GET /", NO_KEY, "POST /keyed", "Idempotency-Key: k-1", "POST /plain", NO_KEY);
    Map<String, Outcome> outcomes = new TreeMap<>();
    try (ExecutorService users = Executors.newFixedThreadPool(headerByRequest.size())) {
      Map<String, Future<Outcome>> running = new TreeMap<>();
      headerByRequest.forEach((request, header) -> running.put(request, users.submit(() -> askHung(request, header))));
      for (Map.Entry<String, Future<Outcome>> entry : running.entrySet()) {
        outcomes.put(entry.getKey(), entry.getValue().get());
      }
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
