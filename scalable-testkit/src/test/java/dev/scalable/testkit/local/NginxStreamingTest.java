package dev.scalable.testkit.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Server-sent events: an instance that says so has each one passed on at once. */
class NginxStreamingTest {

  @Test
  void an_event_arrives_before_the_next_one_is_made() throws IOException {
    CountDownLatch firstArrived = new CountDownLatch(1);
    try (Upstream upstream =
            Upstream.handling(
                exchange -> {
                  exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
                  exchange.getResponseHeaders().add("X-Accel-Buffering", "no");
                  exchange.sendResponseHeaders(200, 0);
                  try (OutputStream events = exchange.getResponseBody()) {
                    write(events, "data: first\n\n");
                    write(events, arrived(firstArrived) ? "data: second\n\n" : "data: the first was held back\n\n");
                  }
                });
        Nginx nginx = Nginx.before(upstream);
        Wire wire = nginx.connect()) {
      wire.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n");

      assertThat(wire.head().header("content-type")).isEqualTo("text/event-stream");
      assertThat(nextData(wire)).isEqualTo("data: first");
      firstArrived.countDown();
      assertThat(nextData(wire)).isEqualTo("data: second");
    }
  }

  private static boolean arrived(CountDownLatch latch) {
    try {
      return latch.await(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static void write(OutputStream events, String event) throws IOException {
    events.write(event.getBytes(StandardCharsets.UTF_8));
    events.flush();
  }

  private static String nextData(Wire wire) throws IOException {
    String line = wire.line();
    while (!line.startsWith("data:")) {
      line = wire.line();
    }
    return line;
  }
}
