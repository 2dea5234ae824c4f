package dev.scalable.testkit.report;

import static dev.scalable.testkit.load.Load.iterations;
import static dev.scalable.testkit.load.Load.users;
import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.testkit.check.Verdict;
import dev.scalable.testkit.load.Load;
import dev.scalable.testkit.load.LoadResult;
import dev.scalable.testkit.load.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A report of real load is written in all its forms. */
@ResourceLock(Resources.SYSTEM_PROPERTIES)
class ReportTest {
  @TempDir Path base;

  @BeforeEach
  void reportsGoToATemporaryFolder() {
    System.setProperty(ReportFolder.BASE_PROPERTY, base.toString());
  }

  @AfterEach
  void reportsGoWhereTheyDid() {
    System.clearProperty(ReportFolder.BASE_PROPERTY);
  }

  @Test
  void the_path_of_the_page_is_known_before_there_is_one() {
    Report report = Report.named("EarlyTest");
    assertThat(report.path()).isAbsolute().doesNotExist();
    assertThat(report.path().getParent()).isDirectory();
    report.write();
    assertThat(report.path()).exists();
    assertThat(base.resolve("latest/report.html")).hasSameBinaryContentAs(report.path());
  }

  @Test
  void a_closed_run_is_written_in_every_format_with_the_same_figures() throws Exception {
    LoadResult run = load("two in turn", 20, 10);
    Path folder = Report.named("OriginReportTest")
        .facts(Map.of("backend", "none, a socket of the test"))
        .add("answers are spread evenly", run)
        .test("answers are spread evenly", Verdict.PASS, "100 each")
        .write();
    String html = Files.readString(folder.resolve("report.html"));
    assertThat(html)
        .contains("1. two in turn", "PASS", "none, a socket of the test", "Closed model, 20 users x 10")
        .contains("times under back-pressure, not what users of an open system see")
        .contains("failure rate &lt; 1.50 % (95 %)")
        .contains("<td>100</td><td>50.0 %</td>");
    JsonNode json = JsonMapper.shared().readTree(Files.readString(folder.resolve("report.json")));
    JsonNode first = json.get("runs").get(0);
    assertThat(json.get("verdict").asString()).isEqualTo("PASS");
    assertThat(first.get("requests").get("ok").asInt()).isEqualTo(run.ok()).isEqualTo(200);
    assertThat(first.get("okPerSecond").asDouble()).isEqualTo(run.throughput());
    assertThat(first.get("byInstance").toString()).isEqualTo("{\"a\":100,\"b\":100}");
    assertThat(first.get("serviceMs").get("p95").asDouble())
        .isEqualTo(run.service().p95().toNanos() / 1e6);
    assertThat(first.get("slices").valueStream().mapToInt(slice -> slice.get("ok").asInt()).sum())
        .as("no request is left out of the slices").isEqualTo(200);
    assertThat(Files.readString(folder.resolve("report.md"))).contains("| 1. two in turn | closed | 200 | 200 | 0 |");
  }

  @Test
  void histograms_can_be_read_back() throws Exception {
    LoadResult run = load("with / a slash", 4, 50);
    Path folder = Report.named("HistogramTest").add(run).write();
    Path log = folder.resolve("histograms/1-with-a-slash.hlog");
    HistogramLogReader reader = new HistogramLogReader(log.toFile());
    Histogram service = (Histogram) reader.nextIntervalHistogram();
    assertThat(service.getTag()).isEqualTo("service");
    assertThat(service.getTotalCount()).isEqualTo(200);
    assertThat(service.getValueAtPercentile(95)).isEqualTo(run.service().p95().toNanos());
    assertThat(service.getStartTimeStamp()).isEqualTo(run.startedAt().toEpochMilli());
    assertThat(Files.readString(folder.resolve("histograms/1-with-a-slash-service.txt")))
        .contains("1/(1-Percentile)", "Total count    =          200]");
  }

  @Test
  void attachments_are_copied_as_they_are_and_what_is_missing_is_told() throws IOException {
    Path logs = Files.createDirectories(base.resolve("logs/nginx"));
    Files.writeString(logs.resolve("access.log"), "one line\n");
    Files.createSymbolicLink(logs.resolve("link"), Path.of("/etc/hostname"));
    Report report = Report.named("FilesTest")
        .attach("nodes", base.resolve("logs"))
        .attach("../../escaped.log", logs.resolve("access.log"))
        .attach("gone", base.resolve("gone"))
        .attachText("nginx/conf.d/site.conf", "listen 8080;");
    Files.writeString(logs.resolve("access.log"), "changed later\n");
    Path folder = report.write();
    assertThat(folder.resolve("files/nodes/nginx/access.log")).hasContent("one line\n");
    assertThat(folder.resolve("files/nodes/nginx/link")).doesNotExist();
    assertThat(folder.resolve("files/nginx/conf.d/site.conf")).hasContent("listen 8080;");
    assertThat(folder.resolve("files/unnamed/unnamed/escaped.log")).exists();
    assertThat(folder.resolve("../../escaped.log")).doesNotExist();
    assertThat(Files.readString(folder.resolve("report.html")))
        .contains("gone: ", "could not be copied", "href=\"files/nginx/conf.d/site.conf\"");
  }

  @Test
  void the_verdict_is_that_of_the_worst_test() {
    Report report = Report.named("VerdictTest");
    assertThat(report.verdict()).as("nothing was judged").isEqualTo(Verdict.INCONCLUSIVE);
    report.test("a", Verdict.PASS, "");
    assertThat(report.verdict()).isEqualTo(Verdict.PASS);
    report.test("b", Verdict.INCONCLUSIVE, "");
    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    report.test("c", Verdict.FAIL, "");
    assertThat(report.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(report.keyNumbers()).containsEntry("verdict", "FAIL").containsEntry("tests", "3");
  }

  @Test
  void it_collects_from_many_threads_and_may_be_written_again() throws Exception {
    Report report = Report.named("ManyThreadsTest");
    List<Thread> threads = IntStream.range(0, 8)
        .mapToObj(thread -> Thread.ofPlatform().start(() -> IntStream.range(0, 25).forEach(test -> {
          report.test(thread + "/" + test, Verdict.PASS, "");
          if (test % 10 == 0) {
            report.write();
          }
        })))
        .toList();
    for (Thread thread : threads) {
      thread.join();
    }
    Path folder = report.write();
    JsonNode json = JsonMapper.shared().readTree(Files.readString(folder.resolve("report.json")));
    assertThat(json.get("tests")).hasSize(200);
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("report.html", "report.json", "report.md");
    }
  }

  @Test
  void a_pause_that_a_closed_model_hides_is_told() throws Exception {
    try (TestServer server = TestServer.start((request, socket) -> {
      if (request.overall() == 100) {
        new CountDownLatch(1).await(400, TimeUnit.MILLISECONDS);
      }
      return TestServer.always(TestServer.ok("")).answer(request, socket);
    })) {
      LoadResult run = Load.against(server.uri()).name("frozen").get("/").closed(users(1), iterations(400)).run();
      Path folder = Report.named("FrozenTest").add(run).write();
      assertThat(Files.readString(folder.resolve("report.html"), StandardCharsets.UTF_8))
          .contains("an open model would show it");
    }
  }

  private static LoadResult load(String name, int users, int iterations) throws IOException {
    try (TestServer server = TestServer.start(TestServer.roundRobin("a", "b"))) {
      return Load.against(server.uri()).name(name).get("/").closed(users(users), iterations(iterations)).run();
    }
  }
}
