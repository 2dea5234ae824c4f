package dev.scalable.server;

import static dev.scalable.server.Wire.get;
import static dev.scalable.server.Wire.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.ThreadMXBean;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.http.StaticFiles;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that cost their clients next to nothing, and what they cost an instance. */
class CheapRequestsTest {

  private static final int MIB = 1024 * 1024;

  /** Bytes that the IO threads have ever allocated in the heap. */
  private static long allocatedByIoThreads() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().startsWith("http I/O"))
        .mapToLong(thread -> threads.getThreadAllocatedBytes(thread.threadId())).sum();
  }

  private static void read(Wire wire, int length) throws IOException {
    wire.answerHead();
    byte[] bytes = new byte[64 * 1024];
    for (int left = length; left > 0;) {
      int count = wire.some(bytes);
      assertThat(count).isPositive();
      left -= count;
    }
  }

  @Test
  void a_range_of_a_large_file_is_not_copied(@TempDir Path folder) throws Exception {
    Files.write(folder.resolve("large.bin"), new byte[16 * MIB]);
    try (TestServer server = TestServer.start(TestServer.threads(), Route.files("/", StaticFiles.fromFolder(folder)))) {
      long before = allocatedByIoThreads();
      for (int i = 0; i < 4; i++) {
        try (Wire wire = server.connect()) {
          wire.send(get("/large.bin", "Range: bytes=1-"));
          read(wire, 16 * MIB - 1);
        }
      }
      assertThat(allocatedByIoThreads() - before).isLessThan(8L * MIB);
    }
  }

  @Test
  void a_chunked_body_that_has_only_begun_holds_no_buffer() throws Exception {
    int connections = 600;
    ServerSettings patient = TestServer.settings(TestServer.threads(), "SCALABLE_HTTP_BODY_TIMEOUT", "60s");
    List<Wire> begun = new ArrayList<>();
    try (TestServer server = TestServer.start(patient,
        Set.of(Route.post("/", String.class, (r, body) -> Response.text(body))))) {
      long before = allocatedByIoThreads();
      for (int i = 0; i < connections; i++) {
        Wire wire = server.connect();
        begun.add(wire);
        wire.send(head("POST /", "Content-Type: application/json", "Transfer-Encoding: chunked") + "5\r\n\"b");
      }
      await().until(() -> server.requestsInFlight() == connections);
      assertThat((allocatedByIoThreads() - before) / connections).as("bytes for each").isLessThan(14 * 1024);
      for (Wire wire : begun) {
        assertThat(wire.ask("ody\r\n1\r\n\"\r\n0\r\n\r\n").body()).isEqualTo("body");
      }
    } finally {
      for (Wire wire : begun) {
        wire.close();
      }
    }
  }
}
