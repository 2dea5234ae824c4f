package dev.scalable.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

/** Where loaders run, on either kind of threads. */
class LoadsTest {

  private final List<String> ends = new CopyOnWriteArrayList<>();

  private final class Kept implements Loads.Ending<String> {
    @Override
    public void loaded(String result, long nanos) {
      ends.add(result);
    }

    @Override
    public void failed(Throwable failure) {
      ends.add(failure.getClass().getSimpleName());
    }
  }

  private static Loads loads(boolean virtual, long millis) {
    return new Loads(new Host(), 1, Duration.ofMillis(millis), virtual);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_load_that_does_not_mind_its_interrupt_gives_up_its_place_and_ends_once(boolean virtual) {
    Loads loads = loads(virtual, 50);
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch returned = new CountDownLatch(1);
    assertThat(loads.enter()).isTrue();
    assertThat(loads.enter()).as("taken").isFalse();
    loads.start(() -> {
      while (release.getCount() > 0) {
        Thread.onSpinWait();
      }
      returned.countDown();
      return "late";
    }, "It", new Kept());
    await().until(() -> loads.free() == 1 && !ends.isEmpty());
    assertThat(ends).containsExactly("CacheLoadTimeout");
    release.countDown();
    await().until(() -> returned.getCount() == 0);
    assertThat(loads.enter()).isTrue();
    loads.start(() -> "next", "It", new Kept());
    await().until(() -> ends.contains("next"));
    assertThat(ends).containsExactly("CacheLoadTimeout", "next");
    assertThat(loads.free()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_load_logs_with_the_context_of_who_began_it_and_leaves_none_behind(boolean virtual) {
    Loads loads = loads(virtual, 10_000);
    MDC.put("requestId", "r-1");
    try {
      assertThat(loads.enter()).isTrue();
      loads.start(() -> "in " + MDC.get("requestId"), "It", new Kept());
    } finally {
      MDC.remove("requestId");
    }
    await().until(() -> ends.contains("in r-1"));
    loads.inBackground(() -> ends.add("then " + MDC.get("requestId")));
    await().until(() -> ends.contains("then null"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void what_follows_a_load_may_fail_and_is_told(boolean virtual) {
    Loads loads = loads(virtual, 10_000);
    assertThat(loads.enter()).isTrue();
    loads.start(() -> "value", "It", new Loads.Ending<>() {
      @Override
      public void loaded(String result, long nanos) {
        throw new IllegalStateException("cannot be kept");
      }

      @Override
      public void failed(Throwable failure) {
        ends.add(failure.getMessage());
      }
    });
    await().until(() -> ends.contains("cannot be kept"));
  }
}
