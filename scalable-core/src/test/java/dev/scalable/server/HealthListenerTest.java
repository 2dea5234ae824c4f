package dev.scalable.server;

import static dev.scalable.server.Wire.get;
import static dev.scalable.server.Wire.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.health.HealthCheck;
import dev.scalable.health.HealthChecksTesting;
import dev.scalable.health.Readiness;
import dev.scalable.http.Response;
import dev.scalable.json.JsonModule;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HealthListenerTest {

  private final Readiness readiness = new Readiness();
  private final CountDownLatch never = new CountDownLatch(1);

  private final HealthCheck well = check("postgresql", () -> { });
  private final HealthCheck hung = check("redis", never::await);

  private final HealthListener listener = new HealthListener(TestServer.settings(TestServer.threads()),
      readiness, HealthChecksTesting.of(well, hung), JsonModule.jsonCodec(),
      Set.of(new HealthPage("/figures", () -> Response.text("requests 7")),
          new HealthPage("/broken", () -> {
            throw new IllegalStateException("secret");
          })));

  private interface Step {
    void run() throws Exception;
  }

  private static HealthCheck check(String name, Step step) {
    return new HealthCheck() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Duration timeout() {
        return Duration.ofMillis(300);
      }

      @Override
      public void check() throws Exception {
        step.run();
      }
    };
  }

  @Test
  void a_check_that_an_instance_waits_for_is_told_from_the_others() throws Exception {
    HealthCheck critical = new HealthCheck() {
      @Override
      public String name() {
        return "ledger";
      }

      @Override
      public boolean critical() {
        return true;
      }

      @Override
      public void check() {
        throw new IllegalStateException("no route to host");
      }
    };
    HealthListener other = new HealthListener(TestServer.settings(TestServer.threads()), readiness,
        HealthChecksTesting.of(well, critical), JsonModule.jsonCodec(), Set.of());
    other.start();
    try (Wire wire = new Wire(other.port())) {
      assertThat(wire.ask(get("/health/checks")).body())
          .containsPattern("\"ledger\":\\{\"status\":\"down\",\"millis\":\\d+,\"critical\":true,\"detail\":\"no route to host\"}")
          .containsPattern("\"postgresql\":\\{\"status\":\"up\",\"millis\":\\d+}");
    } finally {
      other.stop();
    }
  }

  private Wire start() throws IOException {
    listener.start();
    return new Wire(listener.port());
  }

  @AfterEach
  void stop() throws InterruptedException {
    listener.stop();
    never.countDown();
  }

  @Test
  void liveness_is_told_in_every_state_and_readiness_in_one() throws IOException {
    try (Wire wire = start()) {
      for (Readiness.State state : Readiness.State.values()) {
        if (state != Readiness.State.NEW) {
          readiness.enter(state);
        }
        assertThat(wire.ask(get("/health/live")).body()).isEqualTo("{\"status\":\"live\"}");
        assertThat(wire.ask(get("/health/ready")).status()).isEqualTo(state == Readiness.State.READY ? 200 : 503);
      }
    }
  }

  @Test
  void a_check_that_hangs_delays_only_who_asks_for_checks() throws IOException {
    try (Wire checks = start(); Wire probe = new Wire(listener.port())) {
      checks.send(get("/health/checks"));
      assertThat(probe.ask(get("/health/live")).status()).isEqualTo(200);
      assertThat(probe.ask(get("/health/ready")).status()).isEqualTo(503);

      Wire.Answer answer = checks.answer();
      assertThat(answer.status()).as("no probe is to act on it").isEqualTo(200);
      assertThat(answer.body()).startsWith("{\"status\":\"down\",\"checks\":{\"postgresql\":{\"status\":\"up\",")
          .contains("\"redis\":{\"status\":\"down\",\"millis\":300,\"detail\":\"no answer within 300 ms\"}");
    }
  }

  @Test
  void what_is_bound_to_another_path_is_told_there() throws IOException {
    try (Wire wire = start()) {
      assertThat(wire.ask(get("/figures")).body()).isEqualTo("requests 7");
      Wire.Answer broken = wire.ask(get("/broken"));
      assertThat(broken.status()).isEqualTo(500);
      assertThat(broken.body()).doesNotContain("secret");
      assertThat(wire.ask(get("/other")).status()).isEqualTo(404);
      Wire.Answer written = wire.ask(head("DELETE /figures"));
      assertThat(written.status()).isEqualTo(405);
      assertThat(written.header("Allow")).contains("GET, HEAD");
    }
  }

  @Test
  void it_is_answered_on_a_thread_that_carries_no_other_request() throws Exception {
    try (Wire wire = start(); TestServer busy = TestServer.start(TestServer.threads());
        Held all = Held.named("http ")) {
      assertThat(wire.ask(get("/health/live")).status()).isEqualTo(200);
      all.close();
      assertThat(busy.port()).isNotEqualTo(listener.port());
    }
  }

  @Test
  void when_it_has_stopped_nothing_is_left() throws Exception {
    Wire wire = start();
    int port = listener.port();
    listener.stop();
    assertThat(wire.rest()).isEmpty();
    assertThatThrownBy(() -> new Wire(port).close()).isInstanceOf(ConnectException.class);
    assertThat(Thread.getAllStackTraces().keySet()).noneMatch(thread -> thread.getName().startsWith("health I/O"));
  }

  @Test
  void a_port_that_is_taken_is_named_with_its_setting() throws Exception {
    try (TestServer taken = TestServer.start(TestServer.threads())) {
      ServerSettings settings = TestServer.settings(TestServer.threads(), "SCALABLE_HEALTH_PORT",
          String.valueOf(taken.port()));
      HealthListener second = new HealthListener(settings, readiness, HealthChecksTesting.of(), JsonModule.jsonCodec(),
          Set.of());
      assertThatThrownBy(second::start).isInstanceOf(IOException.class)
          .hasMessageContaining("cannot listen on 127.0.0.1:" + taken.port()).hasMessageContaining("SCALABLE_HEALTH_PORT");
      second.stop();
    }
  }
}
