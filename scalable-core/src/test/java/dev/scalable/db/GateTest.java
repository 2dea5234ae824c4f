package dev.scalable.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class GateTest {

  private static final Duration LONG = Duration.ofMinutes(5);

  private final Queue<String> events = new ConcurrentLinkedQueue<>();

  /** Starts a thread that enters and says so, and waits until it stands in the queue. */
  private Thread waiting(Gate gate, String name) {
    int before = gate.waiting();
    Thread thread = Thread.ofVirtual().start(() -> {
      try {
        gate.enter();
        events.add(name);
      } catch (DbUnavailable e) {
        events.add(name + " refused" + (Thread.currentThread().isInterrupted() ? ", interrupted" : ""));
      }
    });
    await().until(() -> gate.waiting() == before + 1);
    return thread;
  }

  @Test
  void places_are_given_in_the_order_of_arrival() throws InterruptedException {
    Gate gate = new Gate(2, LONG);
    gate.enter();
    gate.enter();
    waiting(gate, "first");
    waiting(gate, "second");
    Thread third = waiting(gate, "third");
    gate.leave();
    await().untilAsserted(() -> assertThat(events).containsExactly("first"));
    gate.leave();
    await().untilAsserted(() -> assertThat(events).containsExactly("first", "second"));
    assertThat(gate.taken()).isEqualTo(2);
    assertThat(gate.waiting()).isEqualTo(1);
    gate.leave();
    third.join();
    gate.leave();
    gate.leave();
    assertThat(gate.taken()).isZero();
  }

  @Test
  void who_is_interrupted_leaves_the_queue_and_takes_no_place_with_him() throws InterruptedException {
    Gate gate = new Gate(1, LONG);
    gate.enter();
    Thread first = waiting(gate, "first");
    Thread second = waiting(gate, "second");
    first.interrupt();
    first.join();
    gate.leave();
    second.join();
    assertThat(events).containsExactly("first refused, interrupted", "second");
    gate.leave();
    assertThat(gate.taken()).isZero();
  }

  @Test
  void who_has_waited_in_vain_is_told_so_and_the_next_ones_as_well() throws InterruptedException {
    Gate gate = new Gate(1, Duration.ofMillis(50));
    gate.enter();
    for (int round = 0; round < 2; round++) {
      assertThatThrownBy(gate::enter).isInstanceOf(DbUnavailable.class).hasMessageContaining("within 50 ms");
      List<Thread> crowd = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        crowd.add(Thread.ofVirtual().start(() -> assertThatThrownBy(gate::enter).isInstanceOf(DbUnavailable.class)));
      }
      for (Thread one : crowd) {
        one.join();
      }
      assertThat(gate.waiting()).isZero();
    }
    gate.leave();
    gate.enter();
    assertThat(gate.taken()).isEqualTo(1);
  }

  @Test
  void no_place_is_lost_or_given_twice_when_waits_end_in_all_ways_at_once() throws InterruptedException {
    Gate gate = new Gate(3, Duration.ofMillis(1));
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      threads.add(Thread.ofVirtual().start(() -> {
        for (int n = 0; n < 500; n++) {
          try {
            gate.enter();
          } catch (DbUnavailable e) {
            Thread.interrupted();
            continue;
          }
          most.accumulateAndGet(inside.incrementAndGet(), Math::max);
          LockSupport.parkNanos(gate, 50_000);
          inside.decrementAndGet();
          gate.leave();
        }
      }));
    }
    for (int i = 0; i < 2_000; i++) {
      threads.get(i % threads.size()).interrupt();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(most).hasValueBetween(1, 3);
    assertThat(gate.taken()).isZero();
    assertThat(gate.waiting()).isZero();
  }
}
