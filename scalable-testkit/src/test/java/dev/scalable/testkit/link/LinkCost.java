package dev.scalable.testkit.link;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * Measures what a link without a fault adds to a round trip: the same echoes of 100 bytes, straight and through a link
 * in turns, and the CPU time of the link's own thread. A figure for one machine and no test, so by its name the build
 * passes it over:
 *
 * <pre>
 * mvn -pl scalable-testkit -am test -Dtest=LinkCost -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
final class LinkCost {
  private static final int ROUND_TRIPS = 20_000;
  private static final int ROUNDS = 6;
  private static final int BYTES = 100;
  private static final int BULK = 64 << 20;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  @Test
  void prints_a_line_per_round() throws IOException {
    try (ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Thread.ofPlatform().daemon().start(() -> serve(listener));
      InetSocketAddress straight = (InetSocketAddress) listener.getLocalSocketAddress();
      try (Link link = Link.to(straight)) {
        for (int round = 1; round <= ROUNDS; round++) {
          double direct = roundTrip(straight);
          long before = cpuOf(link);
          double through = roundTrip(link.address());
          System.out.printf(Locale.ROOT,
              "round %d: %.1f us straight, %.1f us through a link, which took %.1f us of CPU%n",
              round, direct, through, (cpuOf(link) - before) / 1e3 / ROUND_TRIPS);
        }
        System.out.printf(Locale.ROOT, "bulk: %.0f MB/s straight, %.0f MB/s through a link%n",
            bulk(straight), bulk(link.address()));
      }
    }
  }

  /** Microseconds of time. */
  private static double roundTrip(InetSocketAddress address) throws IOException {
    byte[] bytes = new byte[BYTES];
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      socket.setTcpNoDelay(true);
      long begin = System.nanoTime();
      for (int i = 0; i < ROUND_TRIPS; i++) {
        socket.getOutputStream().write(bytes);
        socket.getInputStream().readNBytes(bytes, 0, bytes.length);
      }
      return (System.nanoTime() - begin) / 1e3 / ROUND_TRIPS;
    }
  }

  /** Megabytes per second, there and back. */
  private static double bulk(InetSocketAddress address) throws IOException {
    byte[] piece = new byte[64 << 10];
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      long begin = System.nanoTime();
      for (int sent = 0; sent < BULK; sent += piece.length) {
        socket.getOutputStream().write(piece);
        socket.getInputStream().readNBytes(piece, 0, piece.length);
      }
      return BULK / 1e6 / ((System.nanoTime() - begin) / 1e9);
    }
  }

  private static long cpuOf(Link link) {
    String name = "testkit-link-" + link.address().getPort();
    return Arrays.stream(THREADS.getThreadInfo(THREADS.getAllThreadIds()))
        .filter(info -> info != null && info.getThreadName().equals(name))
        .mapToLong(ThreadInfo::getThreadId)
        .map(THREADS::getThreadCpuTime)
        .sum();
  }

  private static void serve(ServerSocket listener) {
    while (!listener.isClosed()) {
      try (Socket socket = listener.accept()) {
        socket.setTcpNoDelay(true);
        socket.getInputStream().transferTo(socket.getOutputStream());
      } catch (IOException e) {
        // the client has gone, or the measurement is over
      }
    }
  }
}
