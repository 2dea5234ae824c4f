package dev.scalable.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HealthChecksTest {

  private interface Step {
    void run() throws Exception;
  }

  private static HealthCheck check(String name, Duration timeout, Step step) {
    return new HealthCheck() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Duration timeout() {
        return timeout;
      }

      @Override
      public void check() throws Exception {
        step.run();
      }
    };
  }

  private static List<HealthChecks.Result> results(HealthChecks checks) {
    return checks.results().join();
  }

  @Test
  void each_check_says_whether_all_is_well_and_why_not() {
    HealthChecks checks = new HealthChecks(Set.of(
        check("b", Duration.ofSeconds(9), () -> {
          throw new IllegalStateException("no route to host");
        }),
        check("a", Duration.ofSeconds(9), () -> { })));
    assertThat(results(checks))
        .extracting(HealthChecks.Result::name, HealthChecks.Result::up, HealthChecks.Result::detail)
        .containsExactly(tuple("a", true, ""),
            tuple("b", false, "no route to host"));
  }

  @Test
  void a_check_that_hangs_is_down_after_its_time_and_is_not_begun_again_before_it_has_ended() {
    CountDownLatch never = new CountDownLatch(1);
    AtomicInteger begun = new AtomicInteger();
    AtomicInteger interrupted = new AtomicInteger();
    HealthChecks checks = new HealthChecks(Set.of(check("deaf", Duration.ofMillis(50), () -> {
      begun.incrementAndGet();
      while (never.getCount() > 0) {
        try {
          never.await();
        } catch (InterruptedException e) {
          interrupted.incrementAndGet();
        }
      }
    })));
    HealthChecks.Result late = results(checks).getFirst();
    assertThat(late.up()).isFalse();
    assertThat(late.detail()).isEqualTo("no answer within 50 ms");
    await().until(() -> results(checks).getFirst().detail().contains("has not ended yet"));
    assertThat(begun).hasValue(1);
    assertThat(interrupted).hasValue(1);
    never.countDown();
    await().until(() -> results(checks).getFirst().up());
  }

  @Test
  void a_result_is_told_again_for_a_while_and_those_who_ask_at_the_same_time_share_one() {
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger asked = new AtomicInteger();
    HealthChecks checks = new HealthChecks(Set.of(check("one", Duration.ofSeconds(9), () -> {
      asked.incrementAndGet();
      go.await();
    })));
    var first = checks.results();
    var second = checks.results();
    go.countDown();
    assertThat(first.join()).isEqualTo(second.join());
    assertThat(asked).hasValue(1);
    await().untilAsserted(() -> {
      results(checks);
      assertThat(asked).hasValue(2);
    });
  }
}
