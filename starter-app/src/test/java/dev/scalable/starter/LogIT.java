package dev.scalable.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.Instance;
import dev.scalable.testkit.junit.ClusterTest;
import dev.scalable.testkit.load.Answer;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Client;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The log for machines, as an instance prints it. */
@ClusterTest(app = Main.class, migrate = Migrate.class, instances = 1, expectErrors = "",
    env = {"STARTER_SAMPLE_PRODUCTS=10", "STARTER_LOG=json"})
class LogIT {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

  private final JsonMapper json = new JsonMapper();

  @Test
  void every_line_is_an_object_and_the_cause_of_a_500_is_found_by_the_ids_of_its_request_and_trace(Cluster cluster)
      throws Exception {
    try (Connection connection = cluster.postgres().dataSource().getConnection();
        Statement statement = connection.createStatement();
        Client client = Client.open(cluster.uri())) {
      statement.execute("alter table stock rename to elsewhere");
      Answer answer = client.send(Call.get("/stock/1").header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01"));
      assertThat(answer.status()).as(answer.text()).isEqualTo(500);
      String request = json.readTree(answer.text()).get("requestId").asString();

      List<JsonNode> lines = linesOnceThereIs("\"status\":500", cluster.instance(1));
      assertThat(lines).allMatch(JsonNode::isObject).allMatch(line -> line.path("time").isString());
      List<JsonNode> about = lines.stream()
          .filter(line -> line.path("request_id").asString("").equals(request)).toList();
      assertThat(about).allMatch(line -> line.path("trace_id").asString("").equals(TRACE));
      assertThat(about).filteredOn(line -> line.has("status")).as("of the access log").singleElement()
          .satisfies(line -> assertThat(line.get("status").asInt()).isEqualTo(500));
      assertThat(about).filteredOn(line -> line.path("level").asString("").equals("ERROR")).singleElement()
          .satisfies(line -> {
            assertThat(line.get("logger").asString()).startsWith("dev.scalable.");
            assertThat(line.get("thread").asString()).isNotEmpty();
            assertThat(line.get("message").asString()).contains("GET /stock/1 failed");
            assertThat(line.get("error").asString())
                .contains("relation \"stock\" does not exist", "\n\tat dev.scalable.starter.");
            assertThat(Instant.parse(line.get("time").asString())).isBefore(Instant.now());
          });
    }
  }

  /** Of the access log, which is written a moment after the answer. */
  private List<JsonNode> linesOnceThereIs(String part, Instance instance) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    List<String> lines = instance.log().lines();
    while (lines.stream().noneMatch(line -> line.contains(part))) {
      assertThat(System.nanoTime() - end).as("a line with " + part).isNegative();
      lines = instance.log().lines();
    }
    return lines.stream().map(json::readTree).toList();
  }
}
