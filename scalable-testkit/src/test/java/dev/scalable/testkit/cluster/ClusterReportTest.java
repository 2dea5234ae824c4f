package dev.scalable.testkit.cluster;

import static dev.scalable.testkit.load.Load.at;
import static dev.scalable.testkit.load.Load.iterations;
import static dev.scalable.testkit.load.Load.rate;
import static dev.scalable.testkit.load.Load.requests;
import static dev.scalable.testkit.load.Load.users;
import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.testkit.check.Verdict;
import dev.scalable.testkit.history.Timeline;
import dev.scalable.testkit.junit.ClusterTest;
import dev.scalable.testkit.load.Calibration;
import dev.scalable.testkit.load.LoadResult;
import dev.scalable.testkit.report.Report;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The report of a real cluster, of which an instance is killed and started again under load. */
@ClusterTest(app = TinyApp.class, instances = 2)
class ClusterReportTest {
  private static final int SECONDS = Integer.getInteger("scalable.testkit.report.seconds", 4);

  @Test void a_killed_instance_is_seen_in_the_report(Cluster cluster) throws Exception {
    Timeline timeline = new Timeline();
    Calibration calibration = Calibration.of(
        cluster.calibration().warmUp(requests(500)).closed(users(2), iterations(1_000)).run());
    LoadResult even = cluster.load().name("twenty users").get("/").warmUp(requests(500))
        .closed(users(20), iterations(10)).calibratedBy(() -> calibration).run();
    LoadResult killed = cluster.load().name("kill and start").get("/").warmUp(requests(500))
        .open(rate(200).perSecond().during(Duration.ofSeconds(SECONDS)))
        .timeline(timeline)
        .cpu(() -> cpu(cluster))
        .calibratedBy(() -> calibration)
        .fault(at(Duration.ofMillis(SECONDS * 300L)), "kill app-1", () -> {
          cluster.instance(1).kill();
          timeline.record("app-1", "killed");
        })
        .fault(at(Duration.ofMillis(SECONDS * 600L)), "start app-1", () -> {
          timeline.record("app-1", "starting");
          cluster.instance(1).start();
          timeline.record("app-1", "ready");
        })
        .run();
    Report report = Report.named("ClusterReportTest")
        .facts(Map.of("backend", "local", "calibration", calibration.toString()))
        .add("a killed instance is seen in the report", even)
        .add("a killed instance is seen in the report", killed)
        .test("a killed instance is seen in the report", Verdict.PASS, killed.toString())
        .attach("logs/access.log", cluster.balancer().accessLog());
    cluster.logs().forEach(log -> report.attach("logs/" + log.path().getFileName(), log.path()));
    Path folder = report.write();

    JsonNode run = JsonMapper.shared().readTree(Files.readString(folder.resolve("report.json"))).get("runs").get(1);
    assertThat(run.get("faults").valueStream().map(fault -> fault.get("name").asString()))
        .containsExactly("kill app-1", "start app-1");
    assertThat(run.get("events").valueStream().map(event -> event.get("what").asString()))
        .containsExactly("killed", "starting", "ready");
    assertThat(run.get("requests").get("scheduled").asInt()).isEqualTo(200 * SECONDS);
    assertThat(run.get("slices").valueStream().anyMatch(slice -> !slice.get("byInstance").has("app-1")))
        .as("there was a time without app-1").isTrue();
    assertThat(run.get("okPerServingCpuSecond").asDouble()).isPositive();
    assertThat(Files.readString(folder.resolve("report.html"))).contains("lane down", "kill app-1");
    assertThat(folder.resolve("files/logs/access.log")).isNotEmptyFile();
  }

  private static Map<String, Duration> cpu(Cluster cluster) {
    Map<String, Duration> used = new TreeMap<>();
    for (Instance instance : cluster.instances()) {
      ProcessHandle.of(instance.pid())
          .flatMap(process -> process.info().totalCpuDuration())
          .ifPresent(time -> used.put(instance.id(), time));
    }
    return used;
  }
}
