package dev.scalable;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dagger.Component;
import dev.scalable.lifecycle.Running;
import dev.scalable.lifecycle.Service;
import dev.scalable.server.HttpServer;
import dev.scalable.server.TestServer;
import dev.scalable.telemetry.Metrics;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Client;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What operators see of a service that runs, with a real database and a real Redis. */
class TelemetryTest {

  private static final Path PAGE = Stream.of("../docs", "docs")
      .map(docs -> Path.of(docs, "reference", "metrics.md").toAbsolutePath().normalize())
      .filter(path -> path.toFile().isFile()).findFirst().orElseThrow();

  private static final Pattern ROW = Pattern.compile("^\\| `([a-z0-9_]+)` \\| (\\w+) \\|.*\\|(.*)\\|$", Pattern.MULTILINE);
  private static final Pattern FAMILY = Pattern.compile("^# TYPE (\\S+) (\\w+)$", Pattern.MULTILINE);

  @Singleton
  @Component(modules = {ScalableModule.class, TinyService.Notes.class})
  interface App {
    Service service();

    Metrics metrics();

    HttpServer server();
  }

  /** One that was free a moment ago: only its number leads to this port. */
  private static final int HEALTH_PORT = freePort();

  @TempDir
  private static Path folder;

  private static final ListAppender<ILoggingEvent> START_LINES = new ListAppender<>();
  private static App app;
  private static Running running;

  @BeforeAll
  static void start() {
    app = DaggerTelemetryTest_App.builder().scalableModule(ScalableModule.with(Map.ofEntries(
        entry("SCALABLE_HTTP_HOST", "127.0.0.1"),
        entry("SCALABLE_HTTP_PORT", "0"),
        entry("SCALABLE_HTTP_THREADS", TestServer.threads().name().toLowerCase(Locale.ROOT)),
        entry("SCALABLE_HEALTH_PORT", String.valueOf(HEALTH_PORT)),
        entry("SCALABLE_DB_URL", TestStack.postgres().jdbcUrl()),
        // There is none at this address, which the metrics of replicas must tell as well.
        entry("SCALABLE_DB_REPLICA_URL", TestStack.postgres().jdbcUrl()),
        entry("SCALABLE_DB_USER", TestStack.postgres().user()),
        entry("SCALABLE_DB_PASSWORD", TestStack.postgres().password()),
        entry("SCALABLE_REDIS_URL", TestStack.redis().uri().toString()),
        entry("SCALABLE_CACHE_NAMESPACE", "telemetry-test"),
        entry("SCALABLE_ACCESS_LOG", accessLog().toString())))).build();
    START_LINES.start();
    Logger logger = (Logger) LoggerFactory.getLogger(Service.class);
    logger.addAppender(START_LINES);
    running = app.service().start();
    logger.detachAppender(START_LINES);
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void prometheus_reads_the_metrics_on_the_health_port() throws Exception {
    HttpResponse<String> page = HttpClient.newHttpClient().send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + HEALTH_PORT + "/metrics")).build(), BodyHandlers.ofString());

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Type")).hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
    assertThat(page.body()).contains("# TYPE jvm_threads_live_threads gauge");
  }

  private static Path accessLog() {
    return folder.resolve("access.log");
  }

  private static Client connect() {
    return Client.open(URI.create("http://127.0.0.1:" + app.server().port()));
  }

  /** The value of one line of a scrape; 0 when it is not there. */
  private static double value(String series) {
    return app.metrics().scrape().lines().filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1))).findFirst().orElse(0);
  }

  private static String count(String route, String status) {
    return "http_server_requests_seconds_count{method=\"GET\",route=\"" + route + "\",status=\"" + status + "\"}";
  }

  @Test
  void requests_are_timed_by_route_and_class_of_status_and_never_by_path() {
    double found = value(count("/notes/{id}", "2xx"));
    double absent = value(count("/notes/{id}", "4xx"));
    double unmatched = value(count("UNMATCHED", "4xx"));
    double near = value("cache_hits_total{cache=\"note\",tier=\"near\"}");
    double loads = value("cache_loads_total{cache=\"note\"}");
    try (Client client = connect()) {
      assertThat(client.send(Call.put("/notes/71", "\"text\"")).status()).isEqualTo(204);
      for (int i = 0; i < 5; i++) {
        assertThat(client.send(Call.get("/notes/71")).status()).isEqualTo(200);
      }
      assertThat(client.send(Call.get("/notes/72")).status()).isEqualTo(404);
      assertThat(client.send(Call.get("/made-up/73")).status()).isEqualTo(404);
    }
    await().untilAsserted(() -> {
      assertThat(value(count("/notes/{id}", "2xx"))).isEqualTo(found + 5);
      assertThat(value(count("/notes/{id}", "4xx"))).isEqualTo(absent + 1);
      assertThat(value(count("UNMATCHED", "4xx"))).isEqualTo(unmatched + 1);
    });
    assertThat(value("cache_hits_total{cache=\"note\",tier=\"near\"}")).isGreaterThan(near);
    assertThat(value("cache_loads_total{cache=\"note\"}")).isGreaterThanOrEqualTo(loads + 2);
    assertThat(value("http_server_requests_seconds_bucket{method=\"GET\",route=\"/notes/{id}\",status=\"2xx\",le=\"+Inf\"}"))
        .isEqualTo(found + 5);
    assertThat(app.metrics().scrape()).doesNotContain("made-up").doesNotContain("/notes/7");
  }

  @Test
  void the_page_of_metrics_lists_what_a_scrape_has() throws IOException {
    try (Client client = connect()) {
      client.send(Call.put("/notes/1", "\"text\""));
      client.send(Call.get("/notes/1"));
    }
    await().until(() -> value("http_server_requests_seconds_count{method=\"PUT\",route=\"/notes/{id}\",status=\"2xx\"}") > 0);
    Map<String, String> onThePage = new TreeMap<>();
    Map<String, String> always = new TreeMap<>();
    Matcher row = ROW.matcher(Files.readString(PAGE));
    while (row.find()) {
      onThePage.put(row.group(1), row.group(2));
      if (!row.group(3).contains("(not always there)")) {
        always.put(row.group(1), row.group(2));
      }
    }
    Map<String, String> scraped = new TreeMap<>();
    Matcher family = FAMILY.matcher(app.metrics().scrape());
    while (family.find()) {
      scraped.put(family.group(1), family.group(2));
    }
    // Another test's, which stands for an app.
    scraped.remove("orders_placed_total");
    assertThat(scraped).containsKeys("db_replica_reads_total", "db_replica_lag_seconds");
    assertThat(onThePage).containsAllEntriesOf(scraped);
    assertThat(scraped).containsAllEntriesOf(always);
  }

  @Test
  void the_metrics_of_an_app_are_scraped_as_well() {
    io.micrometer.core.instrument.Metrics.counter("orders.placed", "kind", "test").increment(3);
    assertThat(value("orders_placed_total{kind=\"test\"}")).isEqualTo(3);
  }

  @Test
  void each_request_has_a_line_in_the_access_log() {
    try (Client client = connect()) {
      assertThat(client.send(Call.get("/notes/81?token=secret").header("X-Request-Id", "request-of-the-access-log")).status())
          .isEqualTo(404);
    }
    await().untilAsserted(() -> assertThat(accessLog()).content().contains("\"request_id\":\"request-of-the-access-log\""));
    assertThat(accessLog()).content().contains("\"route\":\"/notes/{id}\",\"path\":\"/notes/81\",\"status\":404")
        .doesNotContain("secret");
  }

  @Test
  void one_line_tells_address_time_version_and_configuration_without_its_secrets() {
    List<String> lines = START_LINES.list.stream().map(ILoggingEvent::getFormattedMessage)
        .filter(line -> line.startsWith("started in ")).toList();
    assertThat(lines).singleElement().asString().matches("started in \\d+ ms: .*")
        .contains("the HTTP server on 127.0.0.1:" + app.server().port(), "scalable-core ", "on Java ",
            "SCALABLE_HTTP_PORT=0", "SCALABLE_DB_PASSWORD=****", "SCALABLE_HTTP_SLOW_REQUEST=1s");
  }
}
