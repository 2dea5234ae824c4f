package dev.scalable.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class TogetherTest {
  @Test
  void the_first_failure_interrupts_the_others_and_carries_theirs() {
    CountDownLatch never = new CountDownLatch(1);
    List<Runnable> tasks = List.of(
        () -> {
          try {
            never.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException("second", e);
          }
        },
        () -> {
          throw new IllegalArgumentException("first");
        },
        () -> {});
    assertThatThrownBy(() -> Together.run(tasks))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("first")
        .satisfies(failure -> assertThat(failure.getSuppressed()).extracting(Throwable::getMessage)
            .containsExactly("second"));
  }
}
