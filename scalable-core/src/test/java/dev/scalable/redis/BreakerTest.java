package dev.scalable.redis;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.scalable.redis.Breaker.Pass;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class BreakerTest {

  private final IOException why = new IOException("Read timed out");

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5_000_000_000L);
  private final Breaker breaker = new Breaker(() -> "Redis at x", now::get);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(Breaker.class);

  @BeforeEach
  void listen() {
    lines.start();
    logger.setLevel(Level.INFO);
    logger.addAppender(lines);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(lines);
    logger.setLevel(null);
  }

  private void pass(Duration span) {
    now.addAndGet(span.toNanos());
  }

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      breaker.failed(breaker.pass(), why);
    }
  }

  @Test
  void five_failures_in_a_row_open_it_and_one_answer_among_them_does_not_let_them() {
    fail(4);
    breaker.answered(breaker.pass());
    fail(4);
    assertThat(breaker.isOpen()).isFalse();
    fail(1);
    assertThat(breaker.isOpen()).isTrue();
    assertThat(breaker.pass()).isEqualTo(Pass.NONE);
    assertThat(breaker.refusal("GET")).hasMessage("GET was not tried: Redis at x has left 5 calls in a row"
        + " unanswered, so all but one in 1 s fail at once until it answers. The last one: Read timed out");
  }

  @Test
  void while_it_is_open_one_in_a_second_tries_and_never_two_at_once() {
    fail(5);
    pass(Duration.ofMillis(999));
    assertThat(breaker.pass()).isEqualTo(Pass.NONE);
    pass(Duration.ofMillis(1));
    assertThat(breaker.pass()).isEqualTo(Pass.TRY);
    pass(Duration.ofSeconds(9));
    assertThat(breaker.pass()).as("while the one tries").isEqualTo(Pass.NONE);
    breaker.failed(Pass.TRY, why);
    assertThat(breaker.pass()).as("just after it").isEqualTo(Pass.NONE);
    pass(Duration.ofSeconds(1));
    assertThat(breaker.pass()).isEqualTo(Pass.TRY);
    breaker.ended(Pass.TRY);
    pass(Duration.ofSeconds(1));
    assertThat(breaker.pass()).as("after one that came to nothing").isEqualTo(Pass.TRY);
  }

  @Test
  void the_first_answer_closes_it_be_it_to_a_call_from_before() {
    Pass late = breaker.pass();
    fail(5);
    breaker.answered(late);
    assertThat(breaker.isOpen()).isFalse();
    fail(4);
    assertThat(breaker.isOpen()).as("it begins to count anew").isFalse();
  }

  @Test
  void calls_from_before_that_fail_late_do_not_put_off_the_next_try() {
    Pass late = breaker.pass();
    fail(5);
    pass(Duration.ofMillis(900));
    breaker.failed(late, why);
    pass(Duration.ofMillis(100));
    assertThat(breaker.pass()).isEqualTo(Pass.TRY);
    breaker.failed(late, why);
    assertThat(breaker.pass()).as("and do not let in another one").isEqualTo(Pass.NONE);
  }

  @Test
  void each_change_is_one_line() {
    fail(9);
    pass(Duration.ofSeconds(3));
    breaker.answered(breaker.pass());
    breaker.answered(breaker.pass());
    assertThat(lines.list).extracting(ILoggingEvent::getLevel).containsExactly(Level.WARN, Level.INFO);
    assertThat(lines.list.getLast().getFormattedMessage()).isEqualTo("Redis at x answers again, after 3000 ms");
  }

  @Test
  void of_many_threads_exactly_one_tries_in_each_second() throws Exception {
    fail(5);
    int seconds = 200;
    int threads = 8;
    AtomicInteger tries = new AtomicInteger();
    CyclicBarrier second = new CyclicBarrier(threads, () -> pass(Breaker.PAUSE));
    List<FutureTask<Void>> all = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      FutureTask<Void> one = new FutureTask<>(() -> {
        for (int s = 0; s < seconds; s++) {
          second.await();
          for (int call = 0; call < 50; call++) {
            if (breaker.pass() == Pass.TRY) {
              tries.incrementAndGet();
              breaker.failed(Pass.TRY, why);
            }
          }
        }
        return null;
      });
      all.add(one);
      Thread.ofPlatform().daemon().start(one);
    }
    for (FutureTask<Void> one : all) {
      one.get();
    }
    assertThat(tries).hasValue(seconds);
  }
}
