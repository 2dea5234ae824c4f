package dev.scalable.deploy.observability;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The expressions of a dashboard of Grafana.
 *
 * @param queries what panels ask for
 * @param variables what the choices at its top are made of, as {@code label_values(up, job)} is of {@code up}
 */
record Dashboard(List<Query> queries, List<String> variables) {

  /** An expression, with a duration where Grafana puts one in. */
  record Query(String panel, String expression) {}

  private static final Pattern DURATION = Pattern.compile("\\$__(rate_interval|interval|range)");
  private static final Pattern VALUES = Pattern.compile("label_values\\((.*),\\s*(\\w+)\\)");

  static Dashboard read(String json) {
    JsonNode root = JsonMapper.shared().readTree(json);
    Dashboard read = new Dashboard(new ArrayList<>(), new ArrayList<>());
    read.collect(root.path("panels"));
    for (JsonNode annotation : root.path("annotations").path("list")) {
      read.queries.add(new Query(annotation.path("name").asString(), withDurations(annotation)));
    }
    for (JsonNode variable : root.path("templating").path("list")) {
      Matcher values = VALUES.matcher(variable.path("query").isString() ? variable.path("query").asString() : "");
      if (values.matches()) {
        read.variables.add("count by (" + values.group(2) + ") (" + values.group(1) + ")");
      }
    }
    return read;
  }

  private void collect(JsonNode panels) {
    for (JsonNode panel : panels) {
      for (JsonNode target : panel.path("targets")) {
        queries.add(new Query(panel.path("title").asString(), withDurations(target)));
      }
      collect(panel.path("panels"));
    }
  }

  private static String withDurations(JsonNode target) {
    return DURATION.matcher(target.path("expr").asString()).replaceAll("5m");
  }
}
