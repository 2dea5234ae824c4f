package dev.scalable.testkit.link;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The one thread of a link, in which all of it happens: bytes are passed on by it, and so are the orders of tests. That
 * is why an order is atomic: when it has been carried out, no byte is on its way that does not know of it.
 */
final class Loop {
  private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final int SCRATCH = 64 << 10;

  private final Selector selector;
  private final Set<Lane> waiting = new LinkedHashSet<>();
  private final Queue<FutureTask<Integer>> orders = new ConcurrentLinkedQueue<>();
  private final ByteBuffer scratch = ByteBuffer.allocateDirect(SCRATCH);
  private volatile boolean over;
  private volatile @Nullable Throwable failure;
  private @Nullable Thread thread;
  private boolean stopping;

  Loop(Selector selector) {
    this.selector = selector;
  }

  Selector selector() {
    return selector;
  }

  /** Begins; {@code traffic} belongs to the thread of the loop from now on, and is closed at its end. */
  void start(String name, Traffic traffic) {
    thread = Thread.ofPlatform().daemon().name(name).start(() -> run(traffic));
  }

  /** The lane holds bytes: to be asked now, and when it says. */
  void waits(Lane lane) {
    waiting.add(lane);
  }

  /**
   * Carries out an order in the thread of the loop and waits for that; an interrupt is kept for later. Sockets that the
   * order closes are closed when this returns.
   *
   * @throws IllegalStateException if the loop has ended
   */
  int call(String what, Callable<Integer> order) {
    FutureTask<Integer> task = new FutureTask<>(() -> {
      int touched = order.call();
      selector.selectNow(); // a socket that a selector knows is closed by the selector's next look
      return touched;
    });
    orders.add(task);
    selector.wakeup();
    if (over) {
      task.cancel(false);
    }
    return resultOf(task, what);
  }

  /** Ends the loop and waits for that; does nothing if it has ended. */
  void stop() {
    if (!over) {
      try {
        call("close", () -> {
          stopping = true;
          return 0;
        });
      } catch (IllegalStateException endedMeanwhile) {
        // as is wanted
      }
    }
    Thread running = thread;
    uninterruptibly(() -> {
      if (running != null) {
        running.join();
      }
      return 0;
    });
  }

  private void run(Traffic traffic) {
    try (selector; traffic) {
      long next = Lane.NEVER;
      while (!stopping) {
        select(next);
        for (FutureTask<Integer> order = orders.poll(); order != null; order = orders.poll()) {
          admit(traffic); // who is connected counts as a connection, though nobody has looked at it
          order.run();
        }
        serve(traffic);
        next = passWhatIsDue();
      }
    } catch (IOException | RuntimeException | Error e) {
      failure = e;
    } finally {
      over = true;
      for (FutureTask<Integer> order = orders.poll(); order != null; order = orders.poll()) {
        order.cancel(false);
      }
    }
  }

  private void select(long next) throws IOException {
    if (next == Lane.NEVER) {
      selector.select();
      return;
    }
    long wait = next - System.nanoTime();
    if (wait <= 0) {
      selector.selectNow();
    } else {
      selector.select(TimeUnit.NANOSECONDS.toMillis(wait) + 1);
    }
  }

  private void serve(Traffic traffic) {
    long now = System.nanoTime();
    Iterator<SelectionKey> keys = selector.selectedKeys().iterator();
    while (keys.hasNext()) {
      SelectionKey key = keys.next();
      keys.remove();
      if (key.isValid()) {
        if (key.attachment() instanceof End end) {
          serve(end, key.readyOps(), now);
        } else {
          admit(traffic);
        }
      }
    }
  }

  private void serve(End end, int operations, long now) {
    try {
      end.relay().ready(end, operations, scratch, now);
    } catch (IOException e) {
      end.relay().broke(end);
    }
  }

  private static void admit(Traffic traffic) {
    try {
      traffic.admitAll();
    } catch (IOException e) {
      // Out of file descriptors, most likely. The client waits in the system's queue; asking on and on would not help.
      LockSupport.parkNanos(REST_NANOS);
    }
  }

  private long passWhatIsDue() {
    if (waiting.isEmpty()) {
      return Lane.NEVER;
    }
    long now = System.nanoTime();
    long next = Lane.NEVER;
    for (Iterator<Lane> lanes = waiting.iterator(); lanes.hasNext();) {
      Lane lane = lanes.next();
      long due = pass(lane, now);
      if (due == Lane.NEVER) {
        lanes.remove();
      } else {
        next = next == Lane.NEVER || due - next < 0 ? due : next;
      }
    }
    return next;
  }

  private static long pass(Lane lane, long now) {
    try {
      return lane.relay().passAndSettle(lane, now);
    } catch (IOException e) {
      lane.relay().broke(lane.to());
      return Lane.NEVER;
    }
  }

  private int resultOf(FutureTask<Integer> task, String what) {
    try {
      return uninterruptibly(task::get);
    } catch (CancellationException e) {
      throw new IllegalStateException(
          "cannot " + what + ": the link " + (failure == null ? "is closed" : "has failed, by " + failure), failure);
    }
  }

  private static int uninterruptibly(Wait wait) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return wait.await();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException told ? told : new IllegalStateException(e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private interface Wait {
    int await() throws InterruptedException, ExecutionException;
  }
}
