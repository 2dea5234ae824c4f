package dev.scalable.testkit.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.scalable.testkit.check.Verdict;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** report.json is what its schema says, and holds the figures of the run. */
class JsonDocumentTest {
  private static final JsonMapper MAPPER = JsonMapper.shared();

  @Test
  void it_is_what_the_schema_says() throws Exception {
    assertThat(errors(json(Sample.failed()))).isEmpty();
    assertThat(errors(json(Sample.hostile()))).isEmpty();
    assertThat(errors(json(Sample.findings(List.of(), List.of())))).isEmpty();
  }

  @Test
  void the_schema_misses_what_is_not_there_and_sees_what_is_wrong() throws Exception {
    ObjectNode report = (ObjectNode) MAPPER.readTree(json(Sample.failed()));
    report.put("schema", "scalable-testkit/report/2");
    ((ObjectNode) report.get("runs").get(0)).remove("validity");
    ((ObjectNode) report.get("runs").get(0).get("requests")).put("ok", -1);
    assertThat(errors(report.toString()))
        .anyMatch(error -> error.contains("schema"))
        .anyMatch(error -> error.contains("validity"))
        .anyMatch(error -> error.contains("requests/ok"));
  }

  @Test
  void the_figures_are_those_of_the_run() {
    JsonNode report = MAPPER.readTree(json(Sample.failed()));
    assertThat(report.get("schema").asString()).isEqualTo("scalable-testkit/report/1");
    assertThat(report.get("verdict").asString()).isEqualTo("FAIL");
    JsonNode run = report.get("runs").get(0);
    assertThat(run.get("requests").toString())
        .isEqualTo("{\"scheduled\":2000,\"ok\":1990,\"failed\":10,\"dropped\":0,\"indeterminate\":0}");
    assertThat(run.get("okPerSecond").asDouble()).isEqualTo(199);
    assertThat(run.get("okPerServingCpuSecond").asDouble()).isEqualTo(1000);
    assertThat(run.get("responseMs").get("p50").asDouble()).isBetween(4.49, 4.51);
    assertThat(run.get("responseMs").get("p99").asDouble()).isBetween(5.96, 5.98);
    assertThat(run.get("responseMs").get("p99.9").isNull()).as("1,990 requests do not support it").isTrue();
    assertThat(run.get("slices")).hasSize(100);
    assertThat(run.get("slices").get(30).toString())
        .isEqualTo("{\"fromSeconds\":3.0,\"toSeconds\":3.1,\"ok\":10,\"notOk\":10,\"p50Ms\":3.0,\"p99Ms\":3.0,"
            + "\"maxMs\":3.0,\"byInstance\":{\"app-2\":10}}");
    assertThat(run.get("events").get(0).toString())
        .isEqualTo("{\"atSeconds\":3.0,\"node\":\"app-1\",\"what\":\"killed\"}");
    assertThat(run.get("noise").get("cpuShare").isNull()).as("not told by this machine").isTrue();
    assertThat(run.get("calibration").get("p99").asDouble()).isEqualTo(0.94);
  }

  @Test
  void names_from_outside_are_kept_as_they_are() {
    JsonNode report = MAPPER.readTree(json(Sample.hostile()));
    assertThat(report.get("name").asString()).isEqualTo(Sample.HOSTILE);
    assertThat(report.get("facts").get(Sample.HOSTILE).asString()).isEqualTo(Sample.HOSTILE);
    assertThat(report.get("runs").get(0).get("byInstance").get(Sample.HOSTILE).asInt()).isEqualTo(2000);
  }

  @Test
  void ten_key_numbers_stand_for_the_report() {
    assertThat(KeyNumbers.of(Sample.failed()))
        .hasSize(10)
        .containsEntry("verdict", Verdict.FAIL.name())
        .containsEntry("requests", "2000")
        .containsEntry("failed", "10")
        .containsEntry("throughput", "199.000")
        .hasEntrySatisfying("p99", p99 -> assertThat(Double.parseDouble(p99)).isBetween(5.96, 5.98));
    assertThat(KeyNumbers.of(Sample.findings(List.of(), List.of()))).containsEntry("p99", "unknown");
  }

  private static String json(Findings findings) {
    return new String(JsonDocument.of(findings), StandardCharsets.UTF_8);
  }

  private static List<String> errors(String json) throws Exception {
    try (InputStream text = JsonDocument.class.getResourceAsStream("report-1.schema.json")) {
      Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(new String(text.readAllBytes(), StandardCharsets.UTF_8), InputFormat.JSON);
      return schema.validate(json, InputFormat.JSON).stream().map(Error::toString).toList();
    }
  }
}
