package dev.scalable.testkit.load;

import dev.scalable.testkit.cluster.Instance;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * Measures the CPU time of the client's own thread per request, against a server in the same process that answers each
 * segment with the same bytes. The bar is 30 us, system calls included. A figure for one machine and no test, so by its
 * name the build passes it over; to be run as one gives it the JDK of the build, whatever Maven itself runs on:
 *
 * <pre>
 * mvn -pl scalable-testkit -am test -Dtest=ClientCost -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
final class ClientCost {
  private static final int REQUESTS = 20_000;
  private static final byte[] RESPONSE = """
      HTTP/1.1 200 OK
      Server: nginx
      Date: Mon, 23 Nov 2026 12:00:00 GMT
      Content-Type: application/json
      Content-Length: 53
      Connection: keep-alive
      X-Request-Id: 0123456789abcdef
      X-Instance-Id: app-1

      {"id":1,"name":"a product of some kind","cents":1995}"""
      .replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII);

  @Test
  void prints_a_line_per_round() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Thread.ofPlatform().daemon().start(() -> serve(listener));
      URI uri = URI.create("http://127.0.0.1:" + listener.getLocalPort());
      Load load = Load.against(uri);
      load.get("/products/{id}", Load.ids(100)).closed(Load.users(1), Load.iterations(REQUESTS));
      try (Connection connection = new Connection(Target.of(uri))) {
        RequestTemplate template = RequestTemplate.get("/products/{id}", Load.ids(100));
        for (int round = 1; round <= 8; round++) {
          long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
          long start = System.nanoTime();
          for (int i = 0; i < REQUESTS; i++) {
            connection.send(template.next(), "0123456789abcdef-0-" + i);
          }
          double each = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu) / 1e3 / REQUESTS;
          System.out.printf(
              Locale.ROOT, "client alone, round %d: %.1f us of CPU, %.1f us in all per request%n", round, each,
              (System.nanoTime() - start) / 1e3 / REQUESTS);
        }
      }
      for (int round = 1; round <= 4; round++) {
        long cpu = processCpu();
        LoadResult result = load.run();
        System.out.printf(
            Locale.ROOT, "load run, round %d: %.1f us of CPU of client and server together per request, %d ok%n",
            round, (processCpu() - cpu) / 1e3 / REQUESTS, result.ok());
      }
    }
  }

  private static long processCpu() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
  }

  private static void serve(ServerSocket listener) {
    while (true) {
      try (Socket socket = listener.accept()) {
        socket.setTcpNoDelay(true);
        InputStream in = socket.getInputStream();
        OutputStream out = socket.getOutputStream();
        byte[] request = new byte[4096];
        while (in.read(request) > 0) {
          out.write(RESPONSE);
        }
      } catch (IOException ended) {
        if (listener.isClosed()) {
          return;
        }
      }
    }
  }
}
