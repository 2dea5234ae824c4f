package dev.scalable.testkit.load;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * An HTTP/1.1 client over one kept-alive connection, for tests that follow a journey step by step. It blocks, follows
 * no redirects, keeps no cookies and sends nothing twice. It opens the connection with the first request.
 *
 * <p>For one thread at a time. A failed request leaves the client usable: the next one opens a new connection.
 */
public final class Client implements AutoCloseable {
  private final Connection connection;
  private final String run = Long.toHexString(ThreadLocalRandom.current().nextLong() | Long.MIN_VALUE);
  private int sequence;

  private Client(Target target) {
    this.connection = new Connection(target);
  }

  /**
   * Returns a client for {@code http://host:port}, waiting at most 5 s for a connection and 15 s for an answer.
   *
   * @throws IllegalArgumentException if the URI is not such an address
   */
  public static Client open(URI uri) {
    return new Client(Target.of(uri));
  }

  /**
   * Returns a client that waits so long for a complete answer.
   *
   * @throws IllegalArgumentException if the URI is not {@code http://host:port}, or the time is not positive
   */
  public static Client open(URI uri, Duration readTimeout) {
    return new Client(Target.of(uri).readTimeout(readTimeout));
  }

  /**
   * Sends a request, with Host, a unique X-Request-Id and Content-Length, and waits for the whole answer.
   *
   * @return the answer, whatever its status
   * @throws NoAnswerException if none came; nothing was sent again
   */
  public Answer send(Call call) {
    return connection.send(call, run + "-" + sequence++);
  }

  /** Closes the connection. The client may be used again and opens a new one then. */
  @Override
  public void close() {
    connection.close();
  }
}
