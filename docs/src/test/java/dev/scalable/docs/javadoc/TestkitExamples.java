package dev.scalable.docs.javadoc;

import static dev.scalable.testkit.check.TestkitAssertions.assertThat;
import static dev.scalable.testkit.load.Load.ids;
import static dev.scalable.testkit.load.Load.iterations;
import static dev.scalable.testkit.load.Load.rate;
import static dev.scalable.testkit.load.Load.requests;
import static dev.scalable.testkit.load.Load.users;
import static dev.scalable.testkit.load.RequestTemplate.post;
import static java.time.Duration.ofSeconds;

import dev.scalable.testkit.check.RecordingClient;
import dev.scalable.testkit.check.Staleness;
import dev.scalable.testkit.check.Steps;
import dev.scalable.testkit.check.Verdict;
import dev.scalable.testkit.cluster.AppSpec;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.history.History;
import dev.scalable.testkit.history.Recorder;
import dev.scalable.testkit.load.Answer;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Load;
import dev.scalable.testkit.load.LoadResult;
import dev.scalable.testkit.report.Report;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;

/** In the javadoc of {@code scalable-testkit}. Compiled, never run. */
final class TestkitExamples {

  /** An app. */
  private static final class Main {}

  private TestkitExamples() {}

  private static String idOf(Answer answer) {
    return answer.text();
  }

  private static String idIn(String text) {
    return text;
  }

  private static long stockOf(Answer answer) {
    return answer.text().length();
  }

  private static long priceOf(Answer answer) {
    return stockOf(answer);
  }

  static void ofCluster() {
    try (Cluster cluster = Cluster.builder().app(AppSpec.mainClass(Main.class)).instances(2).start()) {
      cluster.instance(1).kill();
      assertThat(cluster.load().get("/").closed(users(10), iterations(10)).run()).allSucceeded(); // by app-2
    }
  }

  static LoadResult ofLoad(URI uri) {
    LoadResult result = Load.against(uri)
        .get("/products/{id}", ids(100))
        .warmUp(requests(2_000))
        .closed(users(20), iterations(10))
        .run();
    return result;
  }

  static Load ofLoadAgain(URI uri) {
    return Load.against(uri).get("/")
        .open(rate(300).perSecond().during(ofSeconds(10)).poisson(42))
        .name("as scheduled");
  }

  static Load ofSteps(Load load) {
    return load
        .step("create", post("/orders", () -> "{}")).save("id", answer -> idIn(answer.text()))
        .step("read", journey -> Call.get("/orders/" + journey.value("id")))
        .name("journey");
  }

  static Path ofReport(Cluster cluster) {
    Report report = Report.named("OriginReportTest");
    report.facts(Map.of("backend", "local, Nginx 1.22.1"));
    report.add(cluster.load().get("/").closed(users(20), iterations(10)).run());
    report.test("twenty users get ten answers each", Verdict.PASS, "200/200");
    Path folder = report.write();
    return folder;
  }

  static History ofRecorder() {
    Recorder recorder = Recorder.start().initially("stock", 10);
    Recorder.Pending write = recorder.write("buyer-1", "stock", 9); // before the request is sent
    write.ok();                         // once it is answered; or failed(why), or unknown(why)
    History history = recorder.history();
    return history;
  }

  static void ofRecordingClient(Recorder recorder, Cluster cluster) {
    try (RecordingClient buyer = RecordingClient.open(recorder, "buyer-1", cluster.uri())) {
      buyer.write("item-1", 5, Call.put("/items/1", "{\"stock\":5}"));
      buyer.read("item-1", Call.get("/items/1"), answer -> stockOf(answer));
    }
  }

  static void ofStaleness(Cluster cluster) {
    Staleness staleness = Staleness.probe(cluster)
        .write(version -> Call.put("/items/1", "{\"price\":" + version + "}"))
        .read(Call.get("/items/1"), answer -> priceOf(answer))
        .writes(100)
        .run();
    assertThat(staleness).maxAtMost(ofSeconds(2));
  }

  static Steps ofSteps() {
    Steps order = Steps.of("order")
        .step("create", known -> Call.post("/orders", "{\"item\":1}")).save("id", answer -> idOf(answer))
        .step("read", known -> Call.get("/orders/" + known.value("id")))
        .maskingField("id").maskingField("createdAt");
    return order;
  }
}
