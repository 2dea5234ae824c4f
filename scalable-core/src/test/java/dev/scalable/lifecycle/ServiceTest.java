package dev.scalable.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.scalable.check.StatelessCheck;
import dev.scalable.config.ConfigException;
import dev.scalable.config.Settings;
import dev.scalable.health.HealthCheck;
import dev.scalable.health.HealthChecksTesting;
import dev.scalable.health.Readiness;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
  void what_observes_and_what_connects_starts_side_by_side() {
    CyclicBarrier all = new CyclicBarrier(3);
    Step meet = () -> all.await(10, TimeUnit.SECONDS);
    of(part("pool", Part.Stage.CONNECTIONS, meet, () -> { }), part("link", Part.Stage.CONNECTIONS, meet, () -> { }),
        part("health", Part.Stage.OBSERVATION, meet, () -> { }),
        part("worker", Part.Stage.WORK, () -> assertThat(events).contains("+pool", "+link", "+health"), () -> { }))
        .start().close();
    assertThat(events).endsWith("+worker", "-worker", "-pool", "-link", "-health");
  }

  @Test
  void a_part_that_does_not_start_ends_the_starts_beside_it() {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicBoolean interrupted = new AtomicBoolean();
    Service service = of(part("a pool", Part.Stage.CONNECTIONS, () -> {
      begun.await();
      throw new IOException("no route to host");
    }, () -> { }), part("link", Part.Stage.CONNECTIONS, () -> {
      begun.countDown();
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        interrupted.set(true);
        throw e;
      }
    }, () -> assertThat(interrupted).as("not stopped in the middle of its start").isTrue()),
        part("worker", Part.Stage.WORK));
    assertThatThrownBy(service::start).isInstanceOf(IllegalStateException.class)
        .hasMessage("The service was not started: a pool failed: no route to host");
    assertThat(interrupted).isTrue();
    assertThat(events).contains("+a pool", "+link", "-worker", "-link", "-a pool").doesNotContain("+worker");
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
    Service service = Service.of(Settings.of(Map.of()), check, HealthChecksTesting.of(),
        List.of(part("pool", Part.Stage.CONNECTIONS)), new Readiness());
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

  /** A part that starts when it is told to, and tells whether it was interrupted. */
  private Part slow(CountDownLatch go, AtomicBoolean interrupted, boolean deaf, Duration most) {
    return new Part() {
      @Override
      public String name() {
        return "slow";
      }

      @Override
      public void start() throws InterruptedException {
        events.add("+slow");
        while (true) {
          try {
            go.await();
            return;
          } catch (InterruptedException e) {
            interrupted.set(true);
            if (!deaf) {
              throw e;
            }
          }
        }
      }

      @Override
      public void stop() {
        events.add("-slow");
      }

      @Override
      public Duration startTimeout() {
        return most;
      }
    };
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_part_that_hangs_in_its_start_is_named_and_every_part_is_stopped(boolean deaf) {
    CountDownLatch never = new CountDownLatch(1);
    AtomicBoolean interrupted = new AtomicBoolean();
    Service service = of(part("pool", Part.Stage.CONNECTIONS), slow(never, interrupted, deaf, Duration.ofMillis(50)),
        part("server", Part.Stage.TRAFFIC));
    assertThatThrownBy(service::start).isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("slow failed: it has not started within 50 ms")
        .hasRootCauseInstanceOf(TimeoutException.class)
        .rootCause().satisfies(late -> assertThat(late.getStackTrace()).as("where it stood")
            .anyMatch(frame -> frame.getMethodName().equals("start")));
    assertThat(events).containsExactly("+pool", "+slow", "-server", "-slow", "-pool");
    await().untilTrue(interrupted);
    never.countDown();
  }

  @Test
  void an_interrupt_of_the_caller_is_the_parts_to_heed() throws InterruptedException {
    CountDownLatch go = new CountDownLatch(1);
    AtomicBoolean interrupted = new AtomicBoolean();
    AtomicBoolean kept = new AtomicBoolean();
    Service service = of(slow(go, interrupted, true, Duration.ofMinutes(1)));
    Thread caller = Thread.ofPlatform().start(() -> {
      service.start().close();
      kept.set(Thread.currentThread().isInterrupted());
    });
    caller.interrupt();
    await().untilTrue(interrupted);
    go.countDown();
    caller.join();
    assertThat(events).containsExactly("+slow", "-slow");
    assertThat(kept).isTrue();
  }

  private static HealthCheck check(String name, boolean critical, AtomicBoolean up) {
    return new HealthCheck() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public boolean critical() {
        return critical;
      }

      @Override
      public void check() {
        if (!up.get()) {
          throw new IllegalStateException(name + " is away");
        }
      }
    };
  }

  private Service checked(Readiness readiness, HealthCheck... checks) {
    return Service.of(Settings.of(Map.of()), HealthChecksTesting.of(checks),
        List.of(part("pool", Part.Stage.CONNECTIONS), part("worker", Part.Stage.WORK), part("server", Part.Stage.TRAFFIC)),
        readiness);
  }

  @Test
  void a_critical_check_lets_no_request_in_before_it_was_well_once() throws Exception {
    AtomicBoolean up = new AtomicBoolean();
    Readiness readiness = new Readiness();
    FutureTask<Running> start = new FutureTask<>(checked(readiness, check("ledger", true, up))::start);
    Thread.ofPlatform().start(start);
    await().until(() -> events.contains("+worker"));
    await().during(Duration.ofMillis(500)).until(() -> !events.contains("+server") && !start.isDone());
    assertThat(readiness.state()).isEqualTo(Readiness.State.STARTING);

    up.set(true);

    Running running = start.get(10, TimeUnit.SECONDS);
    assertThat(readiness.state()).isEqualTo(Readiness.State.READY);
    assertThat(events).containsExactly("+pool", "+worker", "+server");
    up.set(false);
    await().during(Duration.ofSeconds(2)).until(() -> readiness.state() == Readiness.State.READY);
    running.close();
  }

  @Test
  void a_check_that_is_not_critical_keeps_nobody_from_starting() {
    Readiness readiness = new Readiness();
    checked(readiness, check("reports", false, new AtomicBoolean())).start().close();
    assertThat(readiness.state()).isEqualTo(Readiness.State.STOPPED);
    assertThat(events).contains("+server");
  }

  @Test
  void an_interrupt_ends_the_wait_for_a_critical_check_and_every_part_is_stopped() throws Exception {
    Readiness readiness = new Readiness();
    FutureTask<Running> start = new FutureTask<>(checked(readiness, check("ledger", true, new AtomicBoolean()))::start);
    Thread starter = Thread.ofPlatform().start(start);
    await().until(() -> events.contains("+worker"));
    starter.interrupt();
    starter.join();
    assertThatThrownBy(start::get).hasMessageContaining("critical health checks");
    assertThat(events).containsExactly("+pool", "+worker", "-server", "-worker", "-pool");
    assertThat(readiness.state()).isEqualTo(Readiness.State.STOPPED);
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
