package dev.scalable.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.scalable.config.Settings;
import dev.scalable.http.BodyType;
import dev.scalable.http.JsonCodec;
import dev.scalable.json.JsonModule;
import dev.scalable.server.RequestObserver;
import dev.scalable.server.RequestObserver.Ended;
import dev.scalable.server.ServerSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What the access log holds, and that it never keeps a request waiting. */
class RequestLogTest {

  private static final JsonCodec JSON = JsonModule.jsonCodec();

  @TempDir
  private Path folder;

  private final ListAppender<ILoggingEvent> warnings = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(RequestLog.class);

  @BeforeEach
  void listen() {
    warnings.start();
    logger.setAdditive(false);
    logger.addAppender(warnings);
  }

  @AfterEach
  void listenNoMore() {
    logger.detachAppender(warnings);
    logger.setAdditive(true);
  }

  private List<String> warned() {
    return List.copyOf(warnings.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  private static Ended request(String id, String path, long millis) {
    return new Ended(id, "0af7651916cd43dd8448eb211c80319c", "GET", "/things/{id}", path, 200, 12, millis * 1_000_000,
        "192.0.2.7", 1_763_900_000_007L);
  }

  private static RequestLog to(String place) {
    Settings settings = Settings.of(Map.of("SCALABLE_ACCESS_LOG", place, "SCALABLE_INSTANCE_ID", "app-1"));
    return new RequestLog(TelemetrySettings.from(settings), ServerSettings.from(settings));
  }

  private static RequestLog to(OutputStream out) {
    Settings settings = Settings.of(Map.of("SCALABLE_ACCESS_LOG", "./never-opened"));
    return new RequestLog(TelemetrySettings.from(settings), "app-1", () -> out);
  }

  @Test
  void a_request_is_one_line_of_json_and_all_are_there_when_it_has_stopped() throws Exception {
    Path file = Files.writeString(folder.resolve("access.log"), "what was there\n");
    RequestLog log = to(file.toString());
    log.start();
    RequestObserver.OfRoute route = log.of("GET", "/things/{id}");
    for (int i = 0; i < 5_000; i++) {
      route.ended(request("request-" + i, "/things/" + i, 1));
    }
    log.stop();
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(5_001).startsWith("what was there");
    assertThat(lines.getLast()).isEqualTo("{\"time\":\"2025-11-23T12:13:20.007Z\",\"request_id\":\"request-4999\","
        + "\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\",\"remote_addr\":\"192.0.2.7\",\"request_method\":\"GET\","
        + "\"route\":\"/things/{id}\",\"path\":\"/things/4999\",\"status\":200,\"body_bytes_sent\":12,\"duration_us\":1000,"
        + "\"instance\":\"app-1\"}");
    assertThat(log.lost()).isZero();
  }

  @Test
  void what_a_client_made_up_ends_neither_its_quotes_nor_the_line() throws Exception {
    String path = "/\"},{\"status\":\"\\\n\r\t\u0000\u007f\u00e9\u2028";
    Path file = folder.resolve("access.log");
    RequestLog log = to(file.toString());
    log.start();
    log.of("GET", "/").ended(request("request-1", path, 1));
    log.stop();
    assertThat(Files.readAllLines(file)).singleElement().satisfies(line -> {
      Map<String, Object> object = JSON.decode(line.getBytes(UTF_8), new BodyType<Map<String, Object>>() {});
      assertThat(object).containsEntry("path", path).containsEntry("instance", "app-1");
    });
  }

  /** Takes nothing until it is let go. */
  private static final class Stuck extends OutputStream {
    final CountDownLatch reached = new CountDownLatch(1);
    final CountDownLatch go = new CountDownLatch(1);
    final ByteArrayOutputStream taken = new ByteArrayOutputStream();

    @Override
    public void write(byte[] bytes) throws IOException {
      reached.countDown();
      try {
        go.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      taken.write(bytes);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b});
    }
  }

  @Test
  void when_it_is_written_too_slowly_requests_do_not_wait_and_exactly_what_it_says_is_lost() throws Exception {
    Stuck out = new Stuck();
    RequestLog log = to(out);
    log.start();
    log.of("GET", "/").ended(request("first", "/", 1));
    out.reached.await();
    // The writer is stuck now, so nothing leaves the queue: if a request waited for it, this would never end.
    int perThread = RequestLog.CAPACITY;
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 3; t++) {
      threads.add(Thread.ofPlatform().start(() -> {
        for (int i = 0; i < perThread; i++) {
          log.of("GET", "/").ended(request("r", "/", 1));
        }
      }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(log.lost()).isEqualTo(2L * perThread);
    out.go.countDown();
    log.stop();
    assertThat(out.taken.toString(UTF_8).lines().count() + log.lost()).isEqualTo(3L * perThread + 1);
    assertThat(warned()).filteredOn(line -> line.startsWith(2 * perThread + " requests are missing in the access log")).hasSize(1);
  }

  @Test
  void a_full_disk_is_told_once_and_what_is_missing_is_counted() throws Exception {
    RequestLog log = to(new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException("No space left on device");
      }
    });
    log.start();
    for (int i = 0; i < 3; i++) {
      long before = log.lost();
      log.of("GET", "/").ended(request("r", "/", 1));
      await().until(() -> log.lost() == before + 1);
    }
    log.stop();
    assertThat(warned()).filteredOn(line -> line.contains("No space left on device")).hasSize(1);
  }

  @Test
  void a_slow_request_is_told_by_name_also_without_an_access_log() throws Exception {
    RequestLog log = to("off");
    log.start();
    log.of("GET", "/").ended(request("quick", "/things/1", 1_000));
    log.of("GET", "/").ended(request("slow", "/things/2", 1_001));
    log.stop();
    assertThat(warned()).containsExactly("slow GET /things/2 took 1001 ms, more than 1000, and was answered 200");
    assertThat(warnings.list.getFirst().getKeyValuePairs().toString()).contains("requestId=\"slow\"", "traceId=");
  }

  @Test
  void a_file_that_cannot_be_opened_stops_the_start() {
    RequestLog log = to(folder.resolve("absent").resolve("access.log").toString());
    assertThatThrownBy(log::start).isInstanceOf(IOException.class).hasMessageContaining("SCALABLE_ACCESS_LOG");
  }
}
