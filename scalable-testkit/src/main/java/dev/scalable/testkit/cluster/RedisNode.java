package dev.scalable.testkit.cluster;

import dev.scalable.testkit.backend.Capability;
import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.backend.Store;
import dev.scalable.testkit.link.Link;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The cluster's one Redis (or Valkey), without a password. Safe for use by several threads. */
public final class RedisNode extends StoreNode {
  private static final int ANSWER_MILLIS = 10_000;

  RedisNode(Store server, @Nullable Link link, Faults faults) {
    super(server, "Redis", link, faults);
  }

  /** The address {@code redis://host:port}, as this JVM reaches it. */
  public URI uri() {
    return uri(address());
  }

  /**
   * Deletes all that is in it, by FLUSHALL.
   *
   * @throws ClusterException if it does not answer, or refuses
   * @throws UnsupportedOperationException without {@link Capability#RESET}
   */
  public void flushAll() {
    faults().require(Capability.RESET);
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address().getHostString(), address().getPort()), ANSWER_MILLIS);
      socket.setSoTimeout(ANSWER_MILLIS);
      socket.getOutputStream().write("FLUSHALL\r\n".getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII);
      if (!answer.equals("+OK\r\n")) {
        throw new ClusterException(this + " answered FLUSHALL with " + answer.strip() + " ...");
      }
    } catch (IOException e) {
      throw new ClusterException("FLUSHALL could not be sent to " + this + ": " + e.getMessage(), e);
    }
    faults().tell("redis", "flushed");
  }

  static URI uri(InetSocketAddress at) {
    return URI.create("redis://" + at.getHostString() + ":" + at.getPort());
  }

  @Override
  public String toString() {
    return "Redis at " + uri();
  }
}
