package dev.scalable.testkit.load;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * Measures how well an open model keeps its schedule, and the CPU time that it costs: that of the process without the
 * threads of the server in it. The bar is less than 1 % of sends more than 5 ms late at 1,000 per second on a quiet
 * machine. The CPU time holds two sleeps per request, until it is due and until its answer comes, which on a virtual
 * machine cost more than the request itself ({@link ClientCost}); the first line of each run is what one sleep costs. A
 * figure for one machine and no test, so by its name the build passes it over:
 *
 * <pre>
 * mvn -pl scalable-testkit -am test -Dtest=OpenModelSchedule -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
final class OpenModelSchedule {
  private static final byte[] RESPONSE =
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Instance-Id: a\r\n\r\nok".getBytes(StandardCharsets.US_ASCII);

  private final Set<Long> serverThreads = ConcurrentHashMap.newKeySet();

  @Test
  void prints_a_line_per_round() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress())) {
      Thread.ofPlatform().daemon().start(() -> accept(listener));
      URI uri = URI.create("http://127.0.0.1:" + listener.getLocalPort());
      priceOfASleep();
      round(uri, "warm-up", Load.rate(2_000).perSecond().during(ofSeconds(5)));
      for (int i = 0; i < 3; i++) {
        round(uri, "constant", Load.rate(1_000).perSecond().during(ofSeconds(5)));
        round(uri, "Poisson ", Load.rate(1_000).perSecond().during(ofSeconds(5)).poisson(i));
      }
      round(uri, "constant", Load.rate(4_000).perSecond().during(ofSeconds(5)));
    }
  }

  private void round(URI uri, String name, OpenModel model) {
    long process = processCpu();
    long server = serverCpu();
    LoadResult result = Load.against(uri).get("/products/{id}", Load.ids(100)).open(model).run();
    double each = (processCpu() - process - (serverCpu() - server)) / 1e3 / result.scheduled();
    Latency late = result.lateness();
    System.out.printf(
        Locale.ROOT,
        "%s %d requests: %.2f %% late by 5 ms, %.2f %% by 1 ms, p50 %.3f p99 %.3f max %.3f ms;"
            + " %.1f us of CPU per request; load average %.1f; %d connections in all; %s%n",
        name, result.scheduled(), 100 * late.shareAbove(ofMillis(5)), 100 * late.shareAbove(ofMillis(1)),
        millis(late.p50()), millis(late.p99()), millis(late.max()), each,
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(), serverThreads.size(), result.validity());
  }

  private static void priceOfASleep() {
    int sleeps = 3_000;
    long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    for (int i = 0; i < sleeps; i++) {
      LockSupport.parkNanos(1_000_000);
    }
    System.out.printf(
        Locale.ROOT, "one sleep of 1 ms costs %.1f us of CPU%n",
        (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu) / 1e3 / sleeps);
  }

  private static double millis(Duration time) {
    return time.toNanos() / 1e6;
  }

  private static long processCpu() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private long serverCpu() {
    return serverThreads.stream()
        .mapToLong(id -> Math.max(0, ManagementFactory.getThreadMXBean().getThreadCpuTime(id)))
        .sum();
  }

  private void accept(ServerSocket listener) {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        serverThreads.add(Thread.ofPlatform().daemon().start(() -> serve(socket)).threadId());
      } catch (IOException ended) {
        return;
      }
    }
  }

  /** Its thread never ends, so that the time it used stays known. */
  private static void serve(Socket socket) {
    try {
      socket.setTcpNoDelay(true);
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      byte[] request = new byte[4096];
      while (in.read(request) > 0) {
        out.write(RESPONSE);
      }
      Thread.currentThread().join();
    } catch (IOException | InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }
}
