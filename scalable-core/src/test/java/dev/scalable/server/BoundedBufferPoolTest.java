package dev.scalable.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.undertow.connector.PooledByteBuffer;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

class BoundedBufferPoolTest {

  private static final int SIZE = 1024;

  private final BoundedBufferPool pool = BoundedBufferPool.direct(SIZE, 4);

  @Test
  void a_hundred_thousand_virtual_threads_share_a_few_buffers() throws InterruptedException {
    Set<Object> buffers = Collections.newSetFromMap(new IdentityHashMap<>());
    ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    long before = directMemory();
    for (int i = 0; i < 100_000; i++) {
      Thread thread = Thread.ofVirtual().start(() -> {
        try (PooledByteBuffer borrowed = pool.allocate()) {
          borrowed.getBuffer().putInt(0, 1);
          synchronized (buffers) {
            buffers.add(borrowed.getBuffer());
          }
        } catch (Throwable t) {
          failures.add(t);
        }
      });
      if (i % 4 == 0) {
        thread.join();
      }
    }
    assertThat(failures).isEmpty();
    assertThat(pool.free()).isBetween(1, 4);
    assertThat(directMemory() - before).as("one buffer a thread would be 100 MB").isLessThan(20L * 1024 * 1024);
  }

  private static long directMemory() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(bean -> bean.getName().equals("direct")).mapToLong(BufferPoolMXBean::getMemoryUsed).sum();
  }

  @Test
  void no_more_buffers_are_kept_than_it_has_room_for() {
    List<PooledByteBuffer> borrowed = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      borrowed.add(pool.allocate());
    }
    borrowed.forEach(PooledByteBuffer::close);
    assertThat(pool.free()).isEqualTo(4);
  }

  @Test
  void a_buffer_given_back_twice_is_kept_once_and_given_out_clean() {
    PooledByteBuffer borrowed = pool.allocate();
    borrowed.getBuffer().position(7).limit(9);
    borrowed.close();
    borrowed.close();
    assertThat(pool.free()).isEqualTo(1);
    assertThatThrownBy(borrowed::getBuffer).isInstanceOf(IllegalStateException.class);
    assertThat(borrowed.isOpen()).isFalse();
    try (PooledByteBuffer again = pool.allocate()) {
      assertThat(again.getBuffer().position()).isZero();
      assertThat(again.getBuffer().remaining()).isEqualTo(SIZE);
      assertThat(pool.free()).isZero();
    }
  }

  @Test
  void the_heap_twin_has_arrays() {
    try (PooledByteBuffer borrowed = pool.getArrayBackedPool().allocate()) {
      assertThat(borrowed.getBuffer().hasArray()).isTrue();
    }
    assertThat(pool.isDirect()).isTrue();
    assertThat(pool.getArrayBackedPool().isDirect()).isFalse();
    assertThat(pool.getArrayBackedPool().getArrayBackedPool()).isSameAs(pool.getArrayBackedPool());
  }
}
