package dev.scalable.testkit.shop;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Redis by kept connections, one for each thread that asks at the same time. Safe for use by several threads. */
final class Redis {
  private static final int TIMEOUT_MILLIS = 1_000;
  private static final long PAUSE_NANOS = 100_000_000;

  private final URI uri;
  private final ConcurrentLinkedDeque<Resp> idle = new ConcurrentLinkedDeque<>();

  Redis(URI uri) {
    this.uri = uri;
  }

  /** The answer to a command. */
  @Nullable Object ask(String... words) throws IOException {
    Resp connection = idle.pollFirst();
    if (connection == null) {
      connection = new Resp(uri, TIMEOUT_MILLIS);
    }
    try {
      Object answer = connection.ask(words);
      idle.addFirst(connection);
      return answer;
    } catch (IOException broken) {
      connection.close();
      throw broken;
    }
  }

  /**
   * Hands over what is published on a channel, for as long as the process lives. After each time that something may
   * have been missed, and so at the start too, {@code missed} is run first.
   */
  void listen(String channel, Runnable missed, Consumer<String> message) {
    Thread.ofVirtual().name("subscriber of " + channel).start(() -> {
      while (true) {
        try (Resp connection = new Resp(uri, 0)) {
          connection.ask("SUBSCRIBE", channel);
          missed.run();
          while (true) {
            if (connection.next() instanceof List<?> parts && parts.size() == 3) {
              message.accept(String.valueOf(parts.get(2)));
            }
          }
        } catch (IOException gone) {
          LockSupport.parkNanos(PAUSE_NANOS);
        }
      }
    });
  }
}
