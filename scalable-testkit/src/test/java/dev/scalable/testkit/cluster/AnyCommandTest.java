package dev.scalable.testkit.cluster;

import static dev.scalable.testkit.check.TestkitAssertions.assertThat;
import static dev.scalable.testkit.load.Load.at;
import static dev.scalable.testkit.load.Load.iterations;
import static dev.scalable.testkit.load.Load.users;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.scalable.testkit.backend.Backend;
import dev.scalable.testkit.run.Recorded;
import dev.scalable.testkit.run.SearchPath;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** An app that is no Java at all, judged the same way: a server in Perl that forks a worker for each connection. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AnyCommandTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private Cluster cluster;

  @BeforeAll void start() {
    assumeTrue(SearchPath.find("perl").isPresent(), "there is no perl on this machine");
    cluster = Cluster.builder().backend(Backend.LOCAL).app(perl()).instances(2).progress(System.out::println).start();
  }

  @BeforeEach void restore() {
    cluster.restore();
  }

  @AfterAll void close() {
    if (cluster != null) {
      cluster.close();
    }
  }

  /** The server; told its port and its stores by the environment alone. */
  static AppSpec perl() {
    try {
      URI script = Objects.requireNonNull(AnyCommandTest.class.getResource("/perl/server.pl")).toURI();
      return AppSpec.command("perl", Path.of(script).toString());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  @Test void it_is_given_a_port_an_id_and_both_stores_by_the_environment() throws Exception {
    assertThat(body("/stores")).isEqualTo("redis +PONG, postgres app as app: N");
    assertThat(body("/count")).isEqualTo(":1");
    assertThat(TinyRedis.ask(cluster.redis(), "INCR requests")).as("the same Redis").isEqualTo(":2");
    assertThat(cluster.instance(1).log().lines())
        .contains("app-1 listens on port " + cluster.instance(1).uri().getPort());
  }

  @Test void load_is_spread_evenly_over_its_instances() {
    var run = cluster.load().get("/").closed(users(10), iterations(50)).run();
    assertThat(run).requests(500).allSucceeded().evenlyDistributed();
    assertThat(run.byInstance()).containsEntry("app-1", 250).containsEntry("app-2", 250);
  }

  @Test void a_killed_instance_loses_no_read() {
    var run = cluster.load().get("/").closed(users(4).during(Duration.ofSeconds(2)))
        .fault(at(Duration.ofMillis(300)), "kill app-1", () -> cluster.instance(1).kill())
        .fault(at(Duration.ofMillis(700)), "start app-1", () -> cluster.instance(1).start())
        .run();
    assertThat(run).lostNothing().servedBy("app-1", "app-2");
  }

  @Test void a_rolling_restart_drains_it_and_loses_no_read() {
    var run = cluster.load().get("/").closed(users(4))
        .whileRunning(() -> cluster.rollingRestart(RollingPolicy.standard().soak(Duration.ofMillis(100))))
        .run();
    assertThat(run).lostNothing().servedBy("app-1", "app-2");
    assertThat(cluster.instance(1).log().lines()).contains("app-1 has drained");
    assertThat(cluster.instance(2).log().lines()).contains("app-2 has drained");
  }

  @Test void a_kill_reaches_the_workers_that_it_has_forked() throws Exception {
    List<ProcessHandle> all = withWorkers(cluster.instance(1));
    cluster.instance(1).kill();
    Awaitility.await().atMost(LIMIT).until(() -> Recorded.living(all).isEmpty());
  }

  @Test void a_pause_stops_the_workers_too_and_a_resume_continues_them() throws Exception {
    List<ProcessHandle> all = withWorkers(cluster.instance(1));
    cluster.instance(1).pause();
    Awaitility.await().atMost(LIMIT).until(() -> all.stream().allMatch(each -> state(each).equals("T")));
    cluster.instance(1).resume();
    assertThat(all).noneMatch(each -> state(each).equals("T"));
  }

  /** The server's process and at least one worker's, which waits for another request on its connection. */
  private List<ProcessHandle> withWorkers(Instance instance) throws Exception {
    body("/through/nginx"); // twice, so once by each
    body("/through/nginx");
    ProcessHandle server = ProcessHandle.of(instance.pid()).orElseThrow();
    Awaitility.await().atMost(LIMIT).until(() -> server.children().findAny().isPresent());
    List<ProcessHandle> all = new ArrayList<>(server.descendants().toList());
    all.add(server);
    return all;
  }

  private static String state(ProcessHandle process) {
    try {
      String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
      return stat.substring(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
    } catch (IOException e) {
      return "ended";
    }
  }

  private String body(String path) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(cluster.uri().resolve(path)).build(), BodyHandlers.ofString()).body();
    }
  }
}
