package dev.scalable.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.scalable.check.StatelessCheck;
import dev.scalable.config.ConfigException;
import dev.scalable.config.Settings;
import dev.scalable.health.Readiness;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ServiceTest {

  private final List<String> events = new CopyOnWriteArrayList<>();

  private interface Step {
    void run() throws Exception;
  }

  private Part part(String name, Part.Stage stage, Step start, Step stop) {
    return new Part() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Stage stage() {
        return stage;
      }

      @Override
      public void start() throws Exception {
        events.add("+" + name);
        start.run();
      }

      @Override
      public void stop() throws Exception {
        events.add("-" + name);
        stop.run();
      }
    };
  }

  private Part part(String name, Part.Stage stage) {
    return part(name, stage, () -> { }, () -> { });
  }

  private static Service of(Part... parts) {
    return Service.of(Settings.of(Map.of()), Arrays.asList(parts), new Readiness());
  }

  @Test
  void parts_start_stage_by_stage_and_stop_in_reverse() {
    Running running = of(part("server", Part.Stage.TRAFFIC), part("b", Part.Stage.WORK), part("pool", Part.Stage.CONNECTIONS),
        part("a", Part.Stage.WORK)).start();
    assertThat(events).containsExactly("+pool", "+a", "+b", "+server");
    running.close();
    running.close();
    assertThat(events).containsExactly("+pool", "+a", "+b", "+server", "-server", "-b", "-a", "-pool");
  }

  @Test
  void a_part_that_does_not_start_ends_the_start_and_every_part_is_stopped() {
    IOException cause = new IOException("no route to host");
    Service service = of(part("pool", Part.Stage.CONNECTIONS), part("consumer", Part.Stage.WORK, () -> {
      throw cause;
    }, () -> { }), part("server", Part.Stage.TRAFFIC));
    assertThatThrownBy(service::start).isInstanceOf(IllegalStateException.class).hasCause(cause)
        .hasMessage("The service was not started: consumer failed: no route to host");
    assertThat(events).containsExactly("+pool", "+consumer", "-server", "-consumer", "-pool");
  }

  @Test
  void an_error_at_the_start_is_treated_like_an_exception() {
    assertThatThrownBy(of(part("pool", Part.Stage.CONNECTIONS, () -> {
      throw new NoClassDefFoundError("gone");
    }, () -> { }))::start).isInstanceOf(IllegalStateException.class).hasRootCauseMessage("gone");
    assertThat(events).containsExactly("+pool", "-pool");
  }

  @Test
  void a_part_that_does_not_stop_keeps_no_other_from_stopping() {
    of(part("pool", Part.Stage.CONNECTIONS), part("worse", Part.Stage.WORK, () -> { }, () -> {
      throw new StackOverflowError();
    }), part("server", Part.Stage.TRAFFIC, () -> { }, () -> {
      throw new IOException("stuck");
    })).start().close();
    assertThat(events).endsWith("-server", "-worse", "-pool");
  }

  @Test
  void nothing_starts_while_the_settings_have_mistakes() {
    Service service = Service.of(Settings.of(Map.of("SCALABLE_WHAT", "x")),
        List.of(part("pool", Part.Stage.CONNECTIONS)), new Readiness());
    assertThatThrownBy(service::start).isInstanceOf(ConfigException.class).hasMessageContaining("SCALABLE_WHAT");
    assertThat(events).isEmpty();
  }

  @Test
  void nothing_starts_while_what_answers_requests_keeps_state() {
    StatelessCheck check = StatelessCheck.of(ServiceTest.class, List.of(new StatelessCheck.Root("a handler", new long[1])));
    Service service = Service.of(Settings.of(Map.of()), check, List.of(part("pool", Part.Stage.CONNECTIONS)),
        new Readiness());
    assertThatThrownBy(service::start).isInstanceOf(StatelessCheck.Failed.class).hasMessageContaining("a handler: long[]");
    assertThat(events).isEmpty();
  }

  @Test
  void parts_of_an_interrupted_start_are_stopped_without_the_interrupt() {
    AtomicBoolean interruptedInStop = new AtomicBoolean();
    Service service = of(part("pool", Part.Stage.CONNECTIONS, () -> {
      throw new InterruptedException();
    }, () -> interruptedInStop.set(Thread.currentThread().isInterrupted())));
    assertThatThrownBy(service::start).isInstanceOf(IllegalStateException.class);
    assertThat(Thread.interrupted()).as("left to the caller").isTrue();
    assertThat(interruptedInStop).as("a drain must be able to wait").isFalse();
  }

  @Test
  void a_service_is_ready_when_its_last_part_has_started_and_not_while_any_stops() {
    Readiness readiness = new Readiness();
    List<Readiness.State> seen = new CopyOnWriteArrayList<>();
    assertThat(readiness.state()).isEqualTo(Readiness.State.NEW);
    Running running = Service.of(Settings.of(Map.of()), List.of(part("server", Part.Stage.TRAFFIC,
        () -> seen.add(readiness.state()), () -> seen.add(readiness.state()))), readiness).start();
    assertThat(readiness.state()).isEqualTo(Readiness.State.READY);
    running.close();
    assertThat(seen).containsExactly(Readiness.State.STARTING, Readiness.State.DRAINING);
    assertThat(readiness.state()).isEqualTo(Readiness.State.STOPPED);
  }

  @Test
  void a_service_that_did_not_start_was_never_ready() {
    Readiness readiness = new Readiness();
    Service service = Service.of(Settings.of(Map.of()), List.of(part("pool", Part.Stage.CONNECTIONS, () -> {
      throw new IOException("no route to host");
    }, () -> { })), readiness);
    assertThatThrownBy(service::start).isInstanceOf(IllegalStateException.class);
    assertThat(readiness.state()).isEqualTo(Readiness.State.STOPPED);
    assertThatThrownBy(service::start).isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("STOPPED cannot become STARTING");
  }

  @Test
  void a_part_whose_stop_does_not_end_is_interrupted_and_keeps_no_other_from_stopping() {
    CountDownLatch never = new CountDownLatch(1);
    AtomicBoolean interrupted = new AtomicBoolean();
    Part stuck = new Part() {
      @Override
      public String name() {
        return "stuck";
      }

      @Override
      public void start() {}

      @Override
      public void stop() {
        try {
          never.await();
        } catch (InterruptedException e) {
          interrupted.set(true);
        }
      }

      @Override
      public Duration stopTimeout() {
        return Duration.ofMillis(50);
      }
    };
    of(part("pool", Part.Stage.CONNECTIONS), stuck, part("server", Part.Stage.TRAFFIC)).start().close();
    assertThat(events).endsWith("-server", "-pool");
    await().untilTrue(interrupted);
  }

  @Test
  void an_interrupted_run_drains_before_it_returns() throws InterruptedException {
    List<Boolean> interrupted = new ArrayList<>();
    Service service = of(part("server", Part.Stage.TRAFFIC, () -> { },
        () -> interrupted.add(Thread.currentThread().isInterrupted())));
    Thread main = Thread.ofPlatform().start(service::run);
    main.interrupt();
    main.join();
    assertThat(events).containsExactly("+server", "-server");
    assertThat(interrupted).containsExactly(false);
  }
}
