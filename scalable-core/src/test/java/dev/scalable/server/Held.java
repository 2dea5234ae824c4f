package dev.scalable.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.xnio.XnioIoThread;

/** IO threads of a server that do nothing until this is closed. */
record Held(CountDownLatch release) implements AutoCloseable {

  static Held named(String prefix) throws InterruptedException {
    List<XnioIoThread> threads = Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith(prefix)).map(XnioIoThread.class::cast).toList();
    assertThat(threads).isNotEmpty();
    CountDownLatch held = new CountDownLatch(threads.size());
    CountDownLatch release = new CountDownLatch(1);
    for (XnioIoThread thread : threads) {
      thread.execute(() -> {
        held.countDown();
        awaitOrFail(release);
      });
    }
    held.await();
    return new Held(release);
  }

  private static void awaitOrFail(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    release.countDown();
  }
}
